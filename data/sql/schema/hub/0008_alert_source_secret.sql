-- What a sender of alert events has to show for its source. The secret itself is shown once and kept as a hash only.
create table alert_source_secret (
    alert_source_id text primary key references alert_source (id) on delete cascade,
    hash text not null
) strict, without rowid;
