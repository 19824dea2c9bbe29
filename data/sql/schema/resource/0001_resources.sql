-- The API's resources, one table a kind, one child table for each list whose items are shown, filtered or searched.
-- Columns are the field tables' (src/model/model.h); a unit test holds the two equal. What has no column is in json.
--
-- key        time in ms << 20 | bits of id and kind: rowid order is time order
-- stored_at  when this state was stored; hash: of json and what we derived
--
-- Children have no foreign key: checking one a row costs a third of a put, and only cache_put and cache_delete write them.
--
-- Lists come newest first, then by id, hence (created_at desc, id) at the end of every index that a list reads.

create table alert (
    key integer primary key,
    id text not null unique,
    title text not null,
    status text not null,
    deduplication_key text not null,
    alert_source_id text not null,
    source_url text not null,
    created_at integer not null,
    updated_at integer not null,
    resolved_at integer not null,
    severity text not null,
    severity_digit integer not null,
    environment text not null,
    owner text not null,
    team text not null,
    node text not null,
    level text not null,
    feed_rank integer not null,
    feed_at integer not null,
    stored_at integer not null,
    hash integer not null,
    json text not null
) strict;
-- With updated_at, so that "changed since" reads this index and not the rows, and with what filters ask for most: one
-- that finds little in all of history is then a matter of 20 ms and not of 150 (100,000 alerts).
create index alert_by_time on alert (
    created_at desc, id, updated_at, status, severity_digit, severity, environment, owner, team, level, node
);
-- The feed: firing by severity, then resolved; newest first in each. A count of what fires reads alert_by_status: few do at any time.
create index alert_by_feed on alert (feed_rank, feed_at desc, id);
create index alert_by_status on alert (status, created_at desc, id);
-- "x12": how often the same source and key fired lately.
create index alert_by_deduplication_key on alert (deduplication_key, created_at desc, id, alert_source_id);

create table alert_attribute_entry (
    parent_id text not null,
    position integer not null,
    attribute_id text not null,
    attribute_name text not null,
    literal text not null,
    label text not null,
    catalog_entry_id text not null,
    catalog_entry_name text not null,
    primary key (parent_id, position)
) strict, without rowid;

create table alert_source (
    key integer primary key,
    id text not null unique,
    name text not null,
    source_type text not null,
    stored_at integer not null,
    hash integer not null,
    json text not null
) strict;

create table alert_attribute (
    key integer primary key,
    id text not null unique,
    name text not null,
    stored_at integer not null,
    hash integer not null,
    json text not null
) strict;

create table alert_route (
    key integer primary key,
    id text not null unique,
    name text not null,
    enabled integer not null,
    version integer not null,
    created_at integer not null,
    updated_at integer not null,
    stored_at integer not null,
    hash integer not null,
    json text not null
) strict;
create index alert_route_by_time on alert_route (created_at desc, id);

create table incident_alert (
    key integer primary key,
    id text not null unique,
    alert_id text not null,
    alert_title text not null,
    incident_id text not null,
    incident_reference text not null,
    alert_route_id text not null,
    stored_at integer not null,
    hash integer not null,
    json text not null
) strict;
create index incident_alert_by_incident on incident_alert (incident_id, id);
create index incident_alert_by_alert on incident_alert (alert_id, id);

create table alert_note (
    key integer primary key,
    id text not null unique,
    content text not null,
    alert_id text not null,
    alert_group_id text not null,
    creator_user_id text not null,
    creator_user_name text not null,
    creator_user_email text not null,
    creator_api_key_name text not null,
    creator_alert_title text not null,
    creator_workflow_name text not null,
    created_at integer not null,
    updated_at integer not null,
    stored_at integer not null,
    hash integer not null,
    json text not null
) strict;
create index alert_note_by_time on alert_note (created_at desc, id);
create index alert_note_by_alert on alert_note (alert_id, created_at desc, id);
create index alert_note_by_group on alert_note (alert_group_id, created_at desc, id);

create table incident (
    key integer primary key,
    id text not null unique,
    reference text not null,
    name text not null,
    mode text not null,
    visibility text not null,
    incident_status_id text not null,
    incident_status_name text not null,
    incident_status_category text not null,
    severity_id text not null,
    severity_name text not null,
    severity_rank integer not null,
    incident_type_id text not null,
    incident_type_name text not null,
    creator_user_id text not null,
    creator_user_name text not null,
    creator_user_email text not null,
    creator_api_key_name text not null,
    creator_alert_title text not null,
    creator_workflow_name text not null,
    permalink text not null,
    call_url text not null,
    slack_channel_id text not null,
    slack_channel_name text not null,
    postmortem_document_url text not null,
    created_at integer not null,
    updated_at integer not null,
    lead_id text not null,
    lead_name text not null,
    severity_digit integer not null,
    stored_at integer not null,
    hash integer not null,
    json text not null
) strict;
create index incident_by_time on incident (created_at desc, id);
create index incident_by_category on incident (incident_status_category, created_at desc, id);
create index incident_by_reference on incident (reference, created_at desc, id);

create table incident_role_assignment (
    parent_id text not null,
    position integer not null,
    role_id text not null,
    role_name text not null,
    role_type text not null,
    assignee_id text not null,
    assignee_name text not null,
    assignee_email text not null,
    primary key (parent_id, position)
) strict, without rowid;

create table incident_timestamp_value (
    parent_id text not null,
    position integer not null,
    incident_timestamp_id text not null,
    incident_timestamp_name text not null,
    value integer not null,
    primary key (parent_id, position)
) strict, without rowid;

create table incident_update (
    key integer primary key,
    id text not null unique,
    incident_id text not null,
    message text not null,
    new_incident_status_id text not null,
    new_incident_status_name text not null,
    new_incident_status_category text not null,
    new_severity_id text not null,
    new_severity_name text not null,
    new_severity_rank integer not null,
    merged_into_incident_id text not null,
    updater_user_id text not null,
    updater_user_name text not null,
    updater_user_email text not null,
    updater_api_key_name text not null,
    updater_alert_title text not null,
    updater_workflow_name text not null,
    created_at integer not null,
    stored_at integer not null,
    hash integer not null,
    json text not null
) strict;
create index incident_update_by_time on incident_update (created_at desc, id);
create index incident_update_by_incident on incident_update (incident_id, created_at desc, id);

create table incident_timeline_item (
    key integer primary key,
    id text not null unique,
    incident_id text not null,
    title text not null,
    description text not null,
    timestamp integer not null,
    creator_user_id text not null,
    creator_user_name text not null,
    creator_user_email text not null,
    creator_api_key_name text not null,
    creator_alert_title text not null,
    creator_workflow_name text not null,
    created_at integer not null,
    updated_at integer not null,
    stored_at integer not null,
    hash integer not null,
    json text not null
) strict;
create index incident_timeline_item_by_time on incident_timeline_item (created_at desc, id);
create index incident_timeline_item_by_incident on incident_timeline_item (incident_id, created_at desc, id);
create index incident_timeline_item_by_timestamp on incident_timeline_item (incident_id, timestamp, id);

create table incident_status (
    key integer primary key,
    id text not null unique,
    name text not null,
    category text not null,
    rank integer not null,
    created_at integer not null,
    updated_at integer not null,
    stored_at integer not null,
    hash integer not null,
    json text not null
) strict;
create index incident_status_by_time on incident_status (created_at desc, id);

create table severity (
    key integer primary key,
    id text not null unique,
    name text not null,
    rank integer not null,
    created_at integer not null,
    updated_at integer not null,
    stored_at integer not null,
    hash integer not null,
    json text not null
) strict;
create index severity_by_time on severity (created_at desc, id);

create table incident_role (
    key integer primary key,
    id text not null unique,
    name text not null,
    role_type text not null,
    created_at integer not null,
    updated_at integer not null,
    stored_at integer not null,
    hash integer not null,
    json text not null
) strict;
create index incident_role_by_time on incident_role (created_at desc, id);

create table incident_type (
    key integer primary key,
    id text not null unique,
    name text not null,
    created_at integer not null,
    updated_at integer not null,
    stored_at integer not null,
    hash integer not null,
    json text not null
) strict;
create index incident_type_by_time on incident_type (created_at desc, id);

create table incident_timestamp (
    key integer primary key,
    id text not null unique,
    name text not null,
    rank integer not null,
    stored_at integer not null,
    hash integer not null,
    json text not null
) strict;

create table incident_attachment (
    key integer primary key,
    id text not null unique,
    incident_id text not null,
    resource_external_id text not null,
    resource_type text not null,
    resource_title text not null,
    resource_permalink text not null,
    first_seen_at integer not null,
    stored_at integer not null,
    hash integer not null,
    json text not null
) strict;
create index incident_attachment_by_incident on incident_attachment (incident_id, id);

create table incident_relationship (
    key integer primary key,
    id text not null unique,
    incident_id text not null,
    incident_external_id integer not null,
    incident_name text not null,
    parent_incident_id text not null,
    stored_at integer not null,
    hash integer not null,
    json text not null
) strict;
create index incident_relationship_by_parent on incident_relationship (parent_incident_id, id);

create table follow_up (
    key integer primary key,
    id text not null unique,
    incident_id text not null,
    title text not null,
    status text not null,
    assignee_id text not null,
    assignee_name text not null,
    assignee_email text not null,
    assignee_team_id text not null,
    assignee_team_name text not null,
    priority_id text not null,
    priority_name text not null,
    priority_rank integer not null,
    external_issue_name text not null,
    external_issue_permalink text not null,
    external_issue_provider text not null,
    completed_at integer not null,
    created_at integer not null,
    updated_at integer not null,
    due_at integer not null,
    stored_at integer not null,
    hash integer not null,
    json text not null
) strict;
create index follow_up_by_time on follow_up (created_at desc, id);
create index follow_up_by_incident on follow_up (incident_id, created_at desc, id);
create index follow_up_by_status on follow_up (status, created_at desc, id);
create index follow_up_by_due on follow_up (status, due_at, id);

create table action (
    key integer primary key,
    id text not null unique,
    incident_id text not null,
    description text not null,
    status text not null,
    assignee_id text not null,
    assignee_name text not null,
    assignee_email text not null,
    completed_at integer not null,
    created_at integer not null,
    updated_at integer not null,
    stored_at integer not null,
    hash integer not null,
    json text not null
) strict;
create index action_by_time on action (created_at desc, id);
create index action_by_incident on action (incident_id, created_at desc, id);
create index action_by_status on action (status, created_at desc, id);

create table schedule (
    key integer primary key,
    id text not null unique,
    name text not null,
    timezone text not null,
    created_at integer not null,
    updated_at integer not null,
    stored_at integer not null,
    hash integer not null,
    json text not null
) strict;
create index schedule_by_time on schedule (created_at desc, id);

create table schedule_entry (
    key integer primary key,
    id text not null unique,
    schedule_id text not null,
    list text not null,
    fingerprint text not null,
    rotation_id text not null,
    layer_id text not null,
    user_id text not null,
    user_name text not null,
    user_email text not null,
    start_at integer not null,
    end_at integer not null,
    stored_at integer not null,
    hash integer not null,
    json text not null
) strict;
create index schedule_entry_by_time on schedule_entry (start_at desc, id);
create index schedule_entry_by_schedule on schedule_entry (schedule_id, start_at desc, id, list, end_at);

create table schedule_override (
    key integer primary key,
    id text not null unique,
    schedule_id text not null,
    rotation_id text not null,
    layer_id text not null,
    user_id text not null,
    user_name text not null,
    user_email text not null,
    start_at integer not null,
    end_at integer not null,
    created_at integer not null,
    updated_at integer not null,
    stored_at integer not null,
    hash integer not null,
    json text not null
) strict;
create index schedule_override_by_time on schedule_override (created_at desc, id);
create index schedule_override_by_schedule on schedule_override (schedule_id, created_at desc, id);

create table schedule_sync_target (
    key integer primary key,
    id text not null unique,
    slack_user_group_id text not null,
    created_at integer not null,
    updated_at integer not null,
    stored_at integer not null,
    hash integer not null,
    json text not null
) strict;
create index schedule_sync_target_by_time on schedule_sync_target (created_at desc, id);

create table schedule_sync_rule (
    key integer primary key,
    id text not null unique,
    schedule_id text not null,
    rotation_id text not null,
    schedule_sync_target_id text not null,
    sync_type text not null,
    created_at integer not null,
    updated_at integer not null,
    stored_at integer not null,
    hash integer not null,
    json text not null
) strict;
create index schedule_sync_rule_by_time on schedule_sync_rule (created_at desc, id);
create index schedule_sync_rule_by_schedule on schedule_sync_rule (schedule_id, created_at desc, id);

create table escalation (
    key integer primary key,
    id text not null unique,
    title text not null,
    status text not null,
    priority_name text not null,
    escalation_path_id text not null,
    created_at integer not null,
    updated_at integer not null,
    stored_at integer not null,
    hash integer not null,
    json text not null
) strict;
create index escalation_by_time on escalation (created_at desc, id);
create index escalation_by_status on escalation (status, created_at desc, id);

create table escalation_event (
    parent_id text not null,
    position integer not null,
    id text not null,
    occurred_at integer not null,
    event text not null,
    urgency text not null,
    users text not null,
    channels text not null,
    primary key (parent_id, position)
) strict, without rowid;

create table escalation_alert (
    parent_id text not null,
    position integer not null,
    alert_id text not null,
    alert_title text not null,
    primary key (parent_id, position)
) strict, without rowid;
create index escalation_alert_by_alert on escalation_alert (alert_id, parent_id);

create table escalation_incident (
    parent_id text not null,
    position integer not null,
    incident_id text not null,
    incident_reference text not null,
    primary key (parent_id, position)
) strict, without rowid;
create index escalation_incident_by_incident on escalation_incident (incident_id, parent_id);

create table escalation_path (
    key integer primary key,
    id text not null unique,
    name text not null,
    stored_at integer not null,
    hash integer not null,
    json text not null
) strict;

create table user (
    key integer primary key,
    id text not null unique,
    name text not null,
    email text not null,
    is_active integer not null,
    slack_user_id text not null,
    stored_at integer not null,
    hash integer not null,
    json text not null
) strict;

create table team (
    key integer primary key,
    id text not null unique,
    name text not null,
    stored_at integer not null,
    hash integer not null,
    json text not null
) strict;

create table team_member (
    parent_id text not null,
    position integer not null,
    id text not null,
    name text not null,
    primary key (parent_id, position)
) strict, without rowid;

create table postmortem_document (
    key integer primary key,
    id text not null unique,
    incident_id text not null,
    title text not null,
    status text not null,
    document_url text not null,
    created_at integer not null,
    updated_at integer not null,
    stored_at integer not null,
    hash integer not null,
    json text not null
) strict;
create index postmortem_document_by_time on postmortem_document (created_at desc, id);
create index postmortem_document_by_incident on postmortem_document (incident_id, created_at desc, id);

create table maintenance_window (
    key integer primary key,
    id text not null unique,
    name text not null,
    start_at integer not null,
    end_at integer not null,
    lead_user_id text not null,
    lead_user_name text not null,
    lead_user_email text not null,
    lead_api_key_name text not null,
    lead_alert_title text not null,
    lead_workflow_name text not null,
    archived_at integer not null,
    created_at integer not null,
    updated_at integer not null,
    stored_at integer not null,
    hash integer not null,
    json text not null
) strict;
create index maintenance_window_by_time on maintenance_window (created_at desc, id);

