# Airflow has no webhook: a callback posts what of its context this reads, as JSON, e.g. in the DAG's default_args
#   on_failure_callback: {"dag": {"dag_id", "owner", "tags"}, "task_instance": {"task_id", "try_number", "log_url",
#   "state"}, "run_id", "logical_date", "exception"}; on_success_callback the same, with the state "success".
# The key is DAG and task, not the run: the next run's success resolves what this one's failure raised.
def text: select(type == "string" and . != "");
(.task_instance // .ti // {}) as $task
| (.dag.dag_id // .dag_id // $task.dag_id) as $dag
| ($task.task_id // .task_id) as $name
| ($task.state // .state // "failed") as $state
| if $dag == null then error("no dag_id: is this what the callback posts?")
  elif $state == "up_for_retry" or $state == "running" or $state == "queued" then empty
  else {
    title: (if $name then "\($dag).\($name) \(if $state == "success" then "succeeded" else "failed" end)"
            else "\($dag) \(if .sla or .slas then "missed its deadline" elif $state == "success" then "succeeded" else "failed" end)" end),
    status: (if $state == "success" or $state == "skipped" then "resolved" else "firing" end),
    description: ([(.exception | if type == "string" then . elif . == null then "" else tojson end | text | "```\n\(.[0:4000])\n```"),
                   ((.run_id // $task.run_id) | text | "Run \(.)\(if $task.try_number then ", try \($task.try_number)" else "" end).")]
                  | map(text) | join("\n\n")),
    source_url: ([$task.log_url, .log_url] | map(text) | first // ""),
    deduplication_key: ([$dag, $name // ""] | join("/")),
    metadata: ({
      level: "error",
      environment: (.environment // .env),
      owner: (.dag.owner // $task.owner // .owner | if . == "airflow" then null else . end),
      group: (.team // .group),
      model: (.model // $name),
      dag: $dag,
      task: $name,
      tags: .dag.tags,
      run_id: (.run_id // $task.run_id),
      logical_date: (.logical_date // .execution_date),
      try_number: $task.try_number
    } | with_entries(select(.value != null)))
  } end
