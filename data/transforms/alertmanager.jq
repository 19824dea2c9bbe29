# Prometheus Alertmanager's webhook: one payload holds many alerts, of both statuses.
# Attributes find the labels in metadata, where dbt's events have the same: severity, environment, owner, team, model.
def text: select(type == "string" and . != "");
def once: reduce .[] as $text ([]; if index([$text]) then . else . + [$text] end);
(.commonLabels // {}) as $common
| if (.alerts | type) != "array" then error("no alerts: is this Alertmanager's webhook?") else . end
| [.alerts[]
   | (.labels // {}) as $labels
   | (.annotations // {}) as $notes
   | {
       title: ([$notes.title, $notes.summary, $labels.alertname, "alert without a name"] | map(text) | first | .[0:300]),
       status: (if .status == "resolved" then "resolved" else "firing" end),
       description: ([(if $notes.title then $notes.summary else null end), $notes.description, $notes.message, ($notes.runbook_url | text | "Runbook: " + .)]
                     | map(text) | once | join("\n\n")),
       source_url: ([.generatorURL, .panelURL, .dashboardURL] | map(text) | first // ""),
       deduplication_key: ([.fingerprint, ($labels | tojson)] | map(text) | first),
       metadata: ($common + $labels + {
         level: ($labels.level // (if $labels.severity == "warning" or $labels.severity == "info" then "warn" else "error" end)),
         environment: ($labels.environment // $labels.env),
         owner: $labels.owner,
         group: ($labels.team // $labels.group),
         model: ($labels.model // $labels.dbt_model // $labels.table),
         started_at: .startsAt,
         runbook: $notes.runbook_url
       } | with_entries(select(.value != null)))
     }]
