# Elementary's alerts, one or several ("alerts": [...] or an array). The key is alert_class_id: the same failure of the same
# test on the same table, whenever it ran. Rows that a test found are customers' data and are left out.
def text: select(type == "string" and . != "");
def list: if type == "array" then . elif type == "string" then (try fromjson catch [splits(", *")]) else [] end;
[(if type == "array" then .[] elif .alerts then .alerts[] else . end)
 | (.status // "" | ascii_downcase) as $status
 | (.test_name // .test_short_name) as $test
 | ([.model_unique_id, .table_name] | map(text) | first) as $node
 | if (.alert_class_id // .id) == null then error("no alert_class_id: is this an alert of Elementary?") else . end
 | {
     title: (([$test, .test_sub_type, .test_type, "failure"] | map(text) | first)
             + ([.table_name, ($node // "" | split(".") | last)] | map(text) | if length > 0 then " on \(first)" else "" end)
             + (.column_name | text // "" | if . != "" then ".\(.)" else "" end) | .[0:300]),
     status: (if $status == "pass" or $status == "success" or $status == "resolved" then "resolved" else "firing" end),
     description: ([.test_results_description, .test_description, (.job_name | text | "Job: " + .)] | map(text) | join("\n\n")),
     source_url: ([.report_url, .job_run_url] | map(text) | first // ""),
     deduplication_key: (.alert_class_id // .id | tostring),
     metadata: ({
       level: (if $status == "warn" then "warn" elif $status == "error" then "error"
               elif (.severity // "" | ascii_downcase) == "warn" then "warn" else "fail" end),
       severity: .severity,
       unique_id: .test_unique_id,
       attached_to: .model_unique_id,
       model: ([.table_name, ($node // "" | split(".") | last)] | map(text) | first | if . then ascii_downcase else null end),
       column: .column_name,
       owner: (.owners | list | first),
       owners: (.owners | list),
       subscribers: (.subscribers | list),
       tags: (.tags | list),
       test: $test,
       relation: ([.database_name, .schema_name, .table_name] | map(text) | if length > 0 then join(".") else null end),
       build_url: .job_run_url,
       detected_at: .detected_at
     } | with_entries(select(.value != null and .value != [])))
   }]
