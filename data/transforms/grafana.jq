# Grafana Alerting's webhook contact point: one payload holds many alerts, with what was measured and links to panels.
# Rules that find no data or fail are alerts of their own (DatasourceNoData, DatasourceError), named after their rule.
def text: select(type == "string" and . != "");
def once: reduce .[] as $text ([]; if index([$text]) then . else . + [$text] end);
(.commonLabels // {}) as $common
| if (.alerts | type) != "array" then error("no alerts: is this Grafana's webhook?") else . end
| [.alerts[]
   | (.labels // {}) as $labels
   | (.annotations // {}) as $notes
   | ($labels.alertname // "") as $name
   | {
       title: (if $name | startswith("Datasource") and ($labels.rulename // "") != ""
               then "\($labels.rulename): \(if $name == "DatasourceNoData" then "no data" else "the query fails" end)"
               else [$notes.title, $notes.summary, $name, "alert without a name"] | map(text) | first | .[0:300] end),
       status: (if .status == "resolved" then "resolved" else "firing" end),
       description: ([(if $notes.title then $notes.summary else null end), $notes.description, $notes.message,
                      (.valueString | text | "Measured: " + .),
                      ($notes.runbook_url | text | "Runbook: " + .)]
                     | map(text) | once | join("\n\n")),
       source_url: ([.panelURL, .dashboardURL, .generatorURL] | map(text) | first // ""),
       deduplication_key: ([.fingerprint, ($labels | tojson)] | map(text) | first),
       metadata: ($common + $labels + {
         level: ($labels.level // (if $labels.severity == "warning" or $labels.severity == "info" then "warn" else "error" end)),
         environment: ($labels.environment // $labels.env),
         owner: $labels.owner,
         group: ($labels.team // $labels.group),
         model: ($labels.model // $labels.dbt_model // $labels.table),
         values: .values,
         folder: $labels.grafana_folder,
         started_at: .startsAt,
         runbook: $notes.runbook_url
       } | with_entries(select(.value != null)))
     }]
