/* Incidents of the machinery: runs, the warehouse, deploys, permissions. */

#include "demo/story.h"

/* clang-format off: a table, one row a line */
const struct story stories_pipeline[] = {
    {
        .key = "schema-drift",
        .severity = 1,
        .tickets = 8,
        .nodes = "stg_shop__orders stg_shop__baskets stg_courier__scans stg_desk__tickets "
                 "stg_farm_portal__purchase_orders",
        .name = "{{node} broken: {source} lost a column|{source} changed shape, {node} "
                "fails|Column {column} gone from {source}}",
        .summary = "{source} came in without `{column}` from {day} morning. {node} and everything "
                   "behind it stopped; dashboards show the state of the last good run.",
        .alerts = {{FAULT_ERROR, "@", "column \"{column}\" does not exist"},
                   {FAULT_TEST, "@down", NULL},
                   {FAULT_TEST, "@down", NULL}},
        .updates =
            {
                {INVESTIGATING,
                 "{node} has failed {twice|three runs in a row} with a missing column. {Checking "
                 "whether the shop team shipped something|Looking at the loader's log first}."},
                {SAME, "Confirmed with {other}: `{column}` was renamed in the app release this "
                       "morning. Nobody told the loader, {or us|so nobody told us}."},
                {FIXING, "PR #{pr} reads both names. {Waiting for CI|In review with {other}}. "
                         "Until it is in, {exposure} is {minutes} minutes behind and counting."},
                {SAME, "Merged. {Re-running from {node} down|Full run of everything behind {node} "
                       "is going}, about 40 min. {stakeholder} knows."},
                {MONITORING, "Run is green, row counts match last week's {day}. Leaving it open "
                             "for {one more|the next} hourly run."},
                {SAME, "Two clean runs. {Closing|Done here}. The rename is documented in the "
                       "shop's changelog, which I did not know existed."},
            },
        .pull_requests = {"dbt {node}: accept both spellings of {column}"},
        .items = {"Shop release {version} went out :: Contains the rename of `{column}`; deployed "
                  "40 minutes before our first failure."},
        .actions = {"Tell {stakeholder} that {exposure} is stale",
                    "Ask the shop team for a list of other renames in {version}"},
        .follow_ups = {"2 Contract on {source}: fail the shop's CI when a column we read goes",
                       "3 Subscribe #data to the shop's changelog"},
        .cause = "a column was renamed upstream without a contract that would have said so",
    },
    {
        .key = "warehouse-memory",
        .severity = 1,
        .tickets = 7,
        .nodes = "customers_360 int_sessions_stitched fct_order_lines int_ad_attribution",
        .name = "{{node} runs out of memory|Hourly run stuck on {node}|{node} no longer finishes "
                "within the hour}",
        .summary = "{node} needs more memory than the warehouse gives it since the {day} load. The "
                   "hourly run overtakes itself and is killed.",
        .alerts = {{FAULT_ERROR, "@", "query ran out of memory after 12.4 GB"},
                   {FAULT_SILENCE, "", NULL},
                   {FAULT_ERROR, "@down", "statement timeout after 900 s"}},
        .updates =
            {
                {INVESTIGATING, "{node} killed at 12.4 GB. {It did the same an hour ago, I took it "
                                "for a hiccup|Last night's run took 31 min, the month before 9}."},
                {SAME, "Plan shows a join that multiplies: {more_rows} rows on one side where "
                       "there were {rows}. Looking for the key that is no longer unique."},
                {SAME, "Found it. {One test account has {rows} open baskets|Null keys join with "
                       "each other since the source sends empty text}. Killing the stuck run so "
                       "the rest can go."},
                {FIXING, "PR #{pr} filters them before the join. Locally 4 min instead of never."},
                {MONITORING, "Merged and running with the small warehouse again. {minutes} s for "
                             "{node}. Watching memory for the next runs."},
                {SAME, "Four runs at normal size. Closing. I would like that uniqueness test to be "
                       "an error rather than a warning."},
            },
        .pull_requests = {"dbt {node}: drop rows without a key before the join",
                          "infra Warehouse: alert at 80 % memory"},
        .actions = {"Kill the stuck run {sha}", "Skip {node} in the hourly selector until fixed"},
        .follow_ups = {"2 Make {node} incremental",
                       "1 Uniqueness test on the join key, severity error",
                       "3 Show memory per model in the weekly report"},
        .cause = "a join key stopped being unique and the join multiplied",
    },
    {
        .key = "bad-deploy",
        .severity = 1,
        .tickets = 8,
        .nodes = "fct_orders revenue_daily fct_deliveries dim_customers fct_subscriptions",
        .name = "{Deploy {version} broke {node}|{node} wrong after deploy {version}|Release "
                "{version}: {node} fails on main}",
        .summary = "The refactoring of {node} in {version} passed CI on sampled data and fails on "
                   "the full set. Rolling back.",
        .alerts = {{FAULT_DEPLOY, "", "dbt build --select state:modified+"},
                   {FAULT_ERROR, "@", "number of columns in union does not match"},
                   {FAULT_TEST, "@", NULL},
                   {FAULT_TEST, "@down", NULL}},
        .updates =
            {
                {INVESTIGATING, "{node} went red {right after|with the first run after} {version}. "
                                "{other} wrote it and is looking too."},
                {FIXING, "Rolling back to the commit before, {sha}. {Cleaner than fixing forward "
                         "with people waiting|We can argue about the fix afterwards}."},
                {SAME, "Rollback deployed. Rebuilding {node} with a full refresh, {more_rows} "
                       "rows, {minutes} min to go."},
                {MONITORING, "{node} is back to yesterday's shape and numbers. {exposure} "
                             "refreshed at {stakeholder}'s request."},
                {SAME, "Next run is green as well. {The second try goes through staging "
                       "first|{other} will bring it back in two steps}."},
            },
        .pull_requests = {"dbt Revert \"{node}: one CTE less\"",
                          "dbt {node}: second try, with the union spelled out"},
        .items = {"Deploy {version} finished :: By {other}, 14 models changed."},
        .actions = {"Full refresh of {node} after the rollback"},
        .follow_ups = {"1 CI builds changed marts on full data once before merge",
                       "3 Write down how to roll back, step by step",
                       "2 No deploys after 16:00 on Fridays, enforce in CI"},
        .cause =
            "CI builds on a sample and the sample had no row of the kind that breaks the union",
    },
    {
        .key = "permission-lost",
        .severity = 1,
        .tickets = 5,
        .type = TYPE_ACCESS,
        .nodes = "stg_payments__charges stg_payments__refunds stg_erp__gl_entries "
                 "stg_farm_portal__farms",
        .name = "{Permission on {source} revoked|dbt cannot read {source} any more|{node}: "
                "permission denied since the key rotation}",
        .summary = "The role `transformer` lost its grant on {source}. Everything fed from it "
                   "stands still.",
        .alerts = {{FAULT_ERROR, "@", "permission denied for schema raw_payments"},
                   {FAULT_ERROR, "@down", "permission denied for schema raw_payments"},
                   {FAULT_LATE, "@up", NULL}},
        .updates =
            {
                {INVESTIGATING, "Permission denied on {source}. Nothing in our repo changed{.|, so "
                                "it is grants.}"},
                {SAME, "{Platform rotated service accounts at lunch|Terraform recreated the "
                       "schema, grants went with it}. Asked in #platform, {other} is on it."},
                {PAUSED, "Waiting for platform: the grant needs a second approver and one of them "
                         "is on a plane."},
                {FIXING, "Grant is back by hand. Re-running {node} and what hangs on it. The "
                         "Terraform change follows, so that it stays."},
                {MONITORING, "All caught up, {hours} h of data loaded in one go. Numbers agree "
                             "with {partner}'s portal."},
                {SAME, "Terraform applied, plan is empty. Closing."},
            },
        .pull_requests = {"infra Grant transformer on {source}, for good this time"},
        .actions = {"Second approval for the grant"},
        .follow_ups = {"2 Daily check that transformer can read every source",
                       "2 Grants as code: import the rest into Terraform"},
        .cause = "grants given by hand were lost when the schema was recreated",
    },
    {
        .key = "scheduler-silent",
        .severity = 0,
        .tickets = 2,
        .nodes = "orders_daily revenue_daily",
        .name = "{Hourly run has not started for {hours} h|No pipeline run for {hours} "
                "hours|Scheduler silent, everything stale}",
        .summary = "The scheduler stopped starting the hourly run. No model is fresh; the depots "
                   "work from old stock and the board's numbers stand still.",
        .alerts = {{FAULT_SILENCE, "", NULL},
                   {FAULT_LATE, "shop.orders", NULL},
                   {FAULT_LATE, "courier.scans", NULL},
                   {FAULT_LATE, "payments.charges", NULL},
                   {FAULT_TEST, "orders_daily", "assert:no_missing_days"}},
        .updates =
            {
                {INVESTIGATING, "Heartbeat missing, last run {minutes} min ago. Scheduler's page "
                                "says \"healthy\", which it is not."},
                {SAME, "Workers are up, the queue is full of one job that never ends: {a docs "
                       "build waiting on a lock|a backfill somebody left running over lunch}. "
                       "{Mine, sorry|No shame, the button is badly placed}."},
                {FIXING, "Killed it. Queue drains. Starting a run by hand for the depots first: "
                         "stock, pick lists, deliveries."},
                {SAME, "Depot models are fresh, {stakeholder} confirms the screens. Rest of the "
                       "run in progress, {pct} % through."},
                {SAME, "Full run done. Backfilling the {hours} missing hours of snapshots as far "
                       "as that is possible, which is not far."},
                {MONITORING,
                 "Two scheduled runs started on time. Stays open until the morning load."},
                {SAME, "Morning load was on time. Closing; post-mortem on {day}, I have a draft."},
            },
        .pull_requests = {"infra Scheduler: one queue for hourly, another for everything else",
                          "infra Kill any job older than 3 h"},
        .items = {"Last successful run :: Run before the silence, 118 of 118 models.",
                  "Depots told to use paper lists :: {stakeholder} called Hull and Köln Nord.",
                  "Queue drained :: 31 jobs started within four minutes."},
        .actions = {"Call the depots: stock screens are stale",
                    "Start stock and delivery models by hand", "Note which snapshots are lost"},
        .follow_ups = {"1 Page after 30 min of silence, not 75",
                       "1 Separate queue for the hourly run", "2 Time limit on every job",
                       "3 Depot screens show how old their data is"},
        .cause = "one endless job held the only queue and nothing limits how long a job may run",
    },
    {
        .key = "full-disk",
        .severity = 2,
        .tickets = 4,
        .nodes = "int_sessions_stitched fct_sessions stg_web__events",
        .name = "{Loader disk full, {source} stops|No space left on the loader: {source} behind}",
        .summary = "The loader's disk filled up with {source} retries. Other sources share it and "
                   "slow down.",
        .alerts = {{FAULT_LATE, "@up", NULL}, {FAULT_LATE, "courier.scans", NULL}},
        .updates =
            {
                {INVESTIGATING,
                 "{source} is late and so is everything else on that loader. Disk 100 %."},
                {FIXING, "Old retries deleted by {other}, {pct} % used now. The loader catches up "
                         "by itself."},
                {MONITORING, "Behind by {minutes} min and shrinking."},
                {SAME, "Caught up. The clean-up job had been off since the migration."},
            },
        .pull_requests = {"infra Loader: turn the clean-up job back on"},
        .follow_ups = {"2 Alert on loader disk at 80 %"},
        .cause = "the clean-up job was not switched on again after the migration",
    },
    {
        .key = "snapshot-gap",
        .severity = 2,
        .tickets = 5,
        .nodes = "snap_products snap_subscriptions",
        .name = "{{node} missed a night|Hole in {node}|{node}: duplicate versions after the retry}",
        .summary = "{node} ran twice on {day} night and closed versions that were still open. "
                   "History since then is off by one.",
        .alerts = {{FAULT_TEST, "@", NULL},
                   {FAULT_ERROR, "@", "duplicate row detected during merge"},
                   {FAULT_TEST, "@down", NULL}},
        .updates =
            {
                {INVESTIGATING,
                 "{rows} keys with two open versions in {node}. Counting how far it reaches."},
                {SAME, "Both runs of the night overlapped by four minutes. Prices shown are right, "
                       "history is not."},
                {FIXING, "Script that closes the younger twin is in #{pr}. {other} is checking it "
                         "on a copy, because there is no undo here."},
                {MONITORING, "Applied, {rows} versions closed. Downstream rebuilt."},
                {SAME, "Clean after tonight's snapshot. {Closing|Good night}."},
            },
        .pull_requests = {"dbt Close twin versions in {node}"},
        .actions = {"Copy {node} before touching it"},
        .follow_ups = {"1 Lock so that two snapshot runs cannot overlap",
                       "3 Test: at most one open version a key"},
        .cause = "a retry started while the first snapshot was still running",
    },
    {
        .key = "timezone",
        .severity = 2,
        .tickets = 4,
        .type = TYPE_QUALITY,
        .nodes = "orders_daily delivery_sla_daily jp_orders_daily",
        .name = "{{node}: an hour too many since the clocks changed|Day boundary wrong in "
                "{node}|{node} puts late orders on the wrong day}",
        .summary = "Orders between 23:00 and midnight land on the wrong day in {node}. Totals over "
                   "a week agree, days do not.",
        .alerts =
            {{FAULT_TEST, "@", NULL},
             {FAULT_QUESTION, "",
              "{node} for {day} looks {pct} % off, is the day cut at midnight here or in UTC?"}},
        .updates =
            {
                {INVESTIGATING, "{stakeholder} saw it before we did: {day} is {pct} % too high, "
                                "the day after too low."},
                {FIXING,
                 "A cast to date without a zone, harmless in winter. #{pr} converts first."},
                {MONITORING, "Rebuilt {hours} weeks of {node}. Checked three days by hand against "
                             "the shop's own report, equal to the penny."},
                {SAME, "Closing. And yes, there is now a test with a clock change in it."},
            },
        .pull_requests = {"dbt {node}: day in the depot's own zone"},
        .follow_ups = {"2 Test fixture with both clock changes",
                       "3 Search the project for casts to date without a zone"},
        .cause = "a timestamp was cut to a date in the wrong zone",
    },
    {
        .key = "dev-on-prod",
        .severity = 2,
        .tickets = 3,
        .type = TYPE_ACCESS,
        .nodes = "dim_products seed_vat_rates seed_depot_regions",
        .name = "{{node} overwritten from a laptop|Prod {node} holds somebody's test rows|A local "
                "run wrote to production: {node}}",
        .summary = "A local run with the production profile replaced {node} with {rows} test rows.",
        .alerts = {{FAULT_TEST, "fct_order_lines", "relationships:sku"},
                   {FAULT_TEST, "revenue_daily", "not_null:net_revenue"}},
        .updates =
            {
                {INVESTIGATING, "{node} has {rows} rows, yesterday it had more. That is not a "
                                "failing model, that is somebody."},
                {FIXING, "It was me, profile set to prod since the debugging on Monday. Rebuilding "
                         "{node} from main."},
                {MONITORING, "Restored, tests green again. Hourly run picks up the rest."},
                {SAME, "Done. Writing from laptops is being taken away, at my own request."},
            },
        .follow_ups = {"1 Personal accounts read production only",
                       "3 Show target and account at the start of each run"},
        .cause = "personal accounts could write to production",
    },
    {
        .key = "migration-week",
        .severity = 0,
        .tickets = 0, /* in the week of the migration only */
        .nodes = "fct_order_lines fct_ledger",
        .name = "{Warehouse migration: {node} doubled|{node} has every row twice since the move}",
        .summary = "Both the old and the new loader write {source} since the cut-over. {node} "
                   "counts everything twice; payouts are calculated from it on {day}.",
        .alerts = {{FAULT_TEST, "@", NULL},
                   {FAULT_TEST, "revenue_daily", "assert:revenue_matches_ledger"},
                   {FAULT_TEST, "farm_payouts_weekly", "assert:payouts_match_purchase_orders"},
                   {FAULT_TEST, "@down", NULL}},
        .updates =
            {
                {INVESTIGATING, "{node} has {more_rows} duplicates. Revenue is exactly double "
                                "since {day} 04:00, so it is the cut-over."},
                {SAME, "Payout file goes out at noon. I have asked {stakeholder} to hold it. "
                       "{Held.|She is holding it.}"},
                {SAME, "Both loaders on. The old one was stopped, then started again by its own "
                       "watchdog. Off for good now, watchdog too."},
                {FIXING, "Deduplicating by load id, newest wins. {other} checks totals against the "
                         "bank statement."},
                {SAME, "First mart is right. {pct} % of the backfill done. Nobody should look at "
                       "{exposure} before 15:00."},
                {SAME, "All marts right. Payout file regenerated: £{pounds} as in the ERP, twice "
                       "that in the held one."},
                {MONITORING, "{stakeholder} released the new file. Watching the next loads for a "
                             "second writer."},
                {SAME, "Quiet for a day. Closing, post-mortem is being written."},
            },
        .pull_requests = {"infra Remove the old loader and its watchdog",
                          "dbt Deduplicate {source} by load id"},
        .items = {"Cut-over to the new warehouse :: Planned, window 03:00 to 05:00.",
                  "Payout file held :: By {stakeholder}, 20 minutes before it would have gone to "
                  "the bank."},
        .actions = {"Hold the farm payout file", "Compare totals with the bank statement",
                    "Tell the board not to open the dashboard"},
        .follow_ups = {"1 Payout file stops by itself when its tests are red",
                       "1 Delete the old loader's credentials",
                       "2 Cut-over checklist: who starts what again?",
                       "2 Alert when a table has two writers"},
        .cause = "the old loader's watchdog started it again after the cut-over",
    },
    {
        .key = "flaky-ci",
        .severity = 3,
        .tickets = 6,
        .nodes = "fct_orders",
        .name = "{CI on main red for {hours} h|deploy-main fails: package mirror|Nobody can "
                "deploy, {minutes} min}",
        .summary = "Deploys of main fail while installing packages. Nothing in production is "
                   "affected, fixes cannot go out.",
        .alerts = {{FAULT_DEPLOY, "", "install packages"}},
        .updates =
            {
                {INVESTIGATING,
                 "deploy-main fails before it does anything of ours: package mirror answers 503."},
                {SAME, "Their status page has caught up with reality. Pinning to the cached image "
                       "meanwhile."},
                {MONITORING, "Deploys work with the cached image."},
                {SAME, "Mirror is back, pin removed."},
            },
        .pull_requests = {"infra CI: fall back to the cached image"},
        .follow_ups = {"3 Keep the packages in our own bucket"},
        .cause = "the package mirror was down and we had no copy",
    },
};
/* clang-format on */
const int stories_pipeline_len = sizeof(stories_pipeline) / sizeof(stories_pipeline[0]);
