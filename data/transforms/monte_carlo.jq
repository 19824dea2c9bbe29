# Monte Carlo's webhooks, for alerts and for changes of their status; older ones call an alert an incident. The key is the
# alert's id, so that a status which means that it is over resolves what was raised.
def text: select(type == "string" and . != "");
(.payload // .alert // .incident // .) as $alert
| ([$alert.alert_id, $alert.incident_id, $alert.id, $alert.uuid, .alert_id, .incident_id] | map(text) | first) as $id
| ([$alert.event_list[]?, $alert.events[]?] | map(select(type == "object"))) as $events
| ([$alert.table_name, $alert.full_table_id, ($alert.tables[]? | .full_table_id? // .name? // .),
    ($events[] | .table_name, .full_table_id, .rule.comparisons[]?.full_table_id?)] | map(text) | unique) as $tables
| ([$alert.status, $alert.feedback, .status] | map(text) | first // "" | ascii_downcase | gsub("[ -]"; "_")) as $state
| ([$alert.severity, .severity] | map(text) | first // "") as $severity
| if $id == null then error("no id of an alert or incident: is this Monte Carlo's webhook?")
  else {
    title: ([$alert.title, $alert.name, $alert.monitor_name?, $alert.monitor.name?, ($events[] | .rule.description?),
             "Monte Carlo: \((.type // $alert.type // "alert") | tostring | gsub("_"; " "))"] | map(text) | first | .[0:300]),
    status: (if ["fixed", "resolved", "expected", "false_positive", "no_action_needed", "closed"] | index([$state])
             then "resolved" else "firing" end),
    description: ([$alert.description, $alert.summary, ($tables | if length > 0 then "Tables: " + join(", ") else "" end),
                   ($state | text | "Status there: " + gsub("_"; " "))] | map(text) | join("\n\n")),
    source_url: ([$alert.url, .url] | map(text) | first // ""),
    deduplication_key: $id,
    metadata: ({
      level: (if $severity | test("4|low|info"; "i") then "warn" else "error" end),
      severity: (if $severity == "" then null else $severity end),
      owner: ([$alert.owner?.email?, $alert.owner?.name?, $alert.owner] | map(text) | first),
      model: ($tables[0] | if . then split("[.:]"; null) | last else null end),
      tables: $tables,
      type: (.type // $alert.type),
      audiences: $alert.audiences
    } | with_entries(select(.value != null)))
  } end
