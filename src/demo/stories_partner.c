/* Incidents that come from outside: sources that are late, files that change, partners who are down. */

#include "demo/story.h"

/* clang-format off: a table, one row a line */
const struct story stories_partner[] = {
    {
        .key = "courier-late",
        .severity = 1,
        .tickets = 9,
        .nodes = "fct_deliveries delivery_sla_daily",
        .name = "{Courier scans {minutes} min late|No scans from {partner} since "
                "{hours}:40|Control room blind: courier scans late}",
        .summary = "{partner} has not delivered scans for {minutes} minutes. The control room "
                   "cannot see vans around {city}; customers get no arrival time.",
        .alerts = {{FAULT_LATE, "courier.scans", NULL},
                   {FAULT_TEST, "fct_deliveries", "not_null:depot_id"},
                   {FAULT_WARN, "delivery_sla_daily", "assert:on_time_share_is_plausible"}},
        .updates =
            {
                {INVESTIGATING, "Scans stop at {hours}:40. Their status page is green, {which "
                                "tells us nothing|as ever}."},
                {SAME, "{partner} support on the phone: a queue on their side, {pct} % worked off. "
                       "No time given."},
                {SAME,
                 "{stakeholder} runs {city} by radio. I have put a banner on the control room."},
                {MONITORING, "Scans come in again, in the wrong order. Stops sort themselves out "
                             "with the next run."},
                {SAME, "All of today's stops complete. Closing; the on-time share of {day} gets a "
                       "footnote."},
            },
        .items = {"Banner on the control room :: \"Positions up to {minutes} min old\".",
                  "{partner} ticket opened :: Priority 1, reference in the channel."},
        .actions = {"Call {partner}", "Banner on the control room"},
        .follow_ups = {"2 Ask {partner} for a heartbeat",
                       "3 On-time share leaves out days with a gap"},
        .cause = "the courier's queue stood still and their status page did not say so",
    },
    {
        .key = "fx-missing",
        .severity = 2,
        .tickets = 6,
        .nodes = "int_jp_orders_converted int_ledger_lines",
        .name = "{No exchange rates since {day}|fx.rates late: Japan in yen where pounds should "
                "be|{node}: amounts without a rate}",
        .summary = "The rates file of {day} has not come. Orders of the Japan pilot (日本) have no "
                   "amount in pounds.",
        .alerts = {{FAULT_LATE, "fx.rates", NULL},
                   {FAULT_TEST, "int_jp_orders_converted", "not_null:amount_gbp"}},
        .updates =
            {
                {INVESTIGATING,
                 "Bank holiday there, not here. No file, {rows} lines without a rate."},
                {FIXING, "Using the last known rate, as finance agreed {last time|in spring}. "
                         "{other} reviews."},
                {SAME, "Rates arrived, amounts replaced; largest difference {pct} pence. Closing."},
            },
        .pull_requests = {"dbt fx: last known rate for up to four days"},
        .follow_ups = {"2 Calendar of bank holidays by source", "3 Second provider for rates"},
        .cause = "the rates provider observes holidays that we do not",
    },
    {
        .key = "payout-file",
        .severity = 0,
        .tickets = 2,
        .nodes = "farm_payouts_weekly",
        .name = "{Farm payout file refused by the bank|Payouts to {rows} farms stuck|Farm payouts "
                "wrong for {farm}}",
        .summary = "The bank refused the payout file: {rows} farms have no valid account since the "
                   "portal changed its form. {rows} farms would not be paid on {day}.",
        .alerts = {{FAULT_TEST, "farm_payouts_weekly", "not_null:iban_last4"},
                   {FAULT_TEST, "farm_payouts_weekly", "assert:payouts_match_purchase_orders"},
                   {FAULT_TEST, "stg_farm_portal__farms", "not_null:payout_iban"}},
        .updates =
            {
                {INVESTIGATING, "Bank says no: {rows} lines without an account. The file went "
                                "through last week with the same farms."},
                {SAME, "The portal keeps accounts in a new table since {version} and empties the "
                       "old column when a farmer saves the form. {farm} saved the form."},
                {SAME, "{stakeholder} can send a second file until 15:00. That gives us {hours} "
                       "hours, minus lunch."},
                {FIXING, "#{pr} reads the new table first. {other} compares account by account "
                         "with last week's file, four eyes on each change."},
                {SAME, "{rows} of {rows} accounts found, {farm} confirmed by phone. File rebuilt, "
                       "£{pounds} in total."},
                {MONITORING, "Bank took the file. Waiting for the confirmation of execution."},
                {SAME,
                 "Executed. Everybody gets paid on {day}. Post-mortem tomorrow, sleep first."},
            },
        .pull_requests = {"dbt Farms: accounts from the new table"},
        .items = {"File refused :: Bank's message: account missing in {rows} lines.",
                  "Second file sent :: Signed by {stakeholder} and {lead}.",
                  "Bank confirms execution :: All {rows} included."},
        .actions = {"Ask the bank for the last possible time", "Call {farm}",
                    "Compare accounts with last week's file"},
        .follow_ups = {"1 Check accounts on Monday, not on the day of the payout",
                       "1 Portal tells us before it moves a column",
                       "2 Rehearse the second file once a quarter"},
        .cause = "the farm portal moved bank accounts to a new table and emptied the old column",
    },
    {
        .key = "temperature",
        .severity = 1,
        .tickets = 5,
        .nodes = "fct_temperature_breaches",
        .name = "{Cold chain: no readings from {city}|{rows} false breaches in {city}|Temperature "
                "log of {city} in Fahrenheit}",
        .summary = "Readings of {city} are off since the loggers were replaced. {rows} crates are "
                   "marked as breached that never were; quality holds the vans.",
        .alerts = {{FAULT_LATE, "depot.temperature_log", NULL},
                   {FAULT_TEST, "fct_temperature_breaches", NULL},
                   {FAULT_WARN, "supplier_scorecard", NULL}},
        .updates =
            {
                {INVESTIGATING, "{rows} breaches within an hour, all {city}. Either the cold room "
                                "is open or the loggers are new."},
                {SAME, "The loggers are new, and they speak Fahrenheit. {stakeholder} lets the "
                       "vans go with hand-held readings."},
                {FIXING, "Converted by logger model, #{pr}. Old readings stay as they are."},
                {SAME, "Breaches recalculated: {pct}, all of them real. Closing."},
            },
        .pull_requests = {"dbt Cold chain: unit by logger model"},
        .actions = {"Call quality in {city}"},
        .follow_ups = {"2 Unit in the reading's own record",
                       "3 Replace loggers only with a ticket to us"},
        .cause = "new loggers report Fahrenheit without saying so",
    },
    {
        .key = "api-version",
        .severity = 2,
        .tickets = 7,
        .nodes = "stg_ads__spend_daily stg_desk__tickets stg_ads__clicks stg_desk__satisfaction",
        .name = "{{partner} switched off their old API|{source} empty: {partner} API answers "
                "410|No new rows in {source}}",
        .summary = "{partner} switched off the version of their API that our loader uses. {source} "
                   "has no new rows.",
        .alerts = {{FAULT_LATE, "@up", NULL}, {FAULT_WARN, "@down", NULL}},
        .updates =
            {
                {INVESTIGATING, "{source} has had no rows for {hours} h. Loader says 410 Gone, "
                                "{quite final|no way to misread that}."},
                {SAME, "Announced in {spring|a mail to somebody who left us}. New version pages "
                       "differently and needs another scope."},
                {PAUSED, "Waiting for {partner} to approve the scope. Two working days, they say."},
                {FIXING, "Scope granted. Loader moved in #{pr}, backfill from {day}."},
                {MONITORING, "Backfill complete, {more_rows} rows."},
                {SAME, "Counts agree with their own report. Closing."},
            },
        .pull_requests = {"infra Loader: {partner} API, new version"},
        .follow_ups = {"2 One mailbox for all providers' notices",
                       "2 List of API versions with their end of life"},
        .cause = "the provider's notice went to the mailbox of somebody who has left",
    },
    {
        .key = "duplicate-file",
        .severity = 2,
        .tickets = 6,
        .nodes = "stg_payments__payouts stg_erp__gl_entries stg_farm_portal__harvest_forecasts",
        .name = "{{partner} sent yesterday's file again|{source} loaded twice|Same file under a "
                "new name: {source}}",
        .summary = "{partner} sent the file of {day} a second time under a new name. {rows} rows "
                   "are in twice.",
        .alerts = {{FAULT_TEST, "@", NULL}, {FAULT_TEST, "@down", NULL}},
        .updates =
            {
                {INVESTIGATING, "{rows} duplicates, all from one file. Its content is yesterday's, "
                                "its name is today's."},
                {FIXING, "File set aside, load undone. Asked {partner} for the real one."},
                {MONITORING, "Real file is in. Totals plausible."},
                {SAME, "Done. We compare checksums from now on."},
            },
        .pull_requests = {"infra Loader refuses a file it has seen"},
        .follow_ups = {"2 Checksum of every file kept and compared"},
        .cause = "the partner's export job was started twice",
    },
    {
        .key = "cologne-regions",
        .severity = 2,
        .tickets = 3,
        .type = TYPE_QUALITY,
        .nodes = "int_customer_addresses",
        .name =
            "{Liefergebiet Köln Süd missing from the map|de.liefergebiete_köln: {rows} postcodes "
            "without a region|Straße und Postleitzahl vertauscht: {rows} addresses in Köln}",
        .summary = "The German delivery areas came with shifted columns: postcode and street are "
                   "swapped for {rows} addresses in Köln.",
        .alerts = {{FAULT_TEST, "stg_de__liefergebiete", "not_null:postleitzahl"},
                   {FAULT_WARN, "dim_customers", "not_null:region"}},
        .updates =
            {
                {INVESTIGATING, "{rows} addresses in Köln without a region. The sheet has a new "
                                "column in the middle."},
                {FIXING, "Reading columns by name instead of by place, #{pr}. Somebody should have "
                         "done that in the first place (me)."},
                {MONITORING, "All postcodes back. {stakeholder} sees Köln Süd again."},
                {SAME, "Closing. The sheet is locked now, comments only."},
            },
        .pull_requests = {"dbt Liefergebiete: columns by name"},
        .follow_ups = {"3 Move the delivery areas out of the sheet"},
        .cause = "a sheet edited by hand was read by column position",
    },
    {
        .key = "japan-encoding",
        .severity = 2,
        .tickets = 3,
        .nodes = "stg_jp__order_lines",
        .name = "{jp.注文明細: {rows} lines unreadable|Garbled names from the Japan pilot "
                "(文字化け)|株式会社みどり食品 appears as question marks}",
        .summary = "The Japanese order lines (jp.注文明細) arrive in Shift JIS instead of UTF-8. "
                   "{rows} lines cannot be matched to customers.",
        .alerts = {{FAULT_TEST, "stg_jp__order_lines", "not_null:顧客番号"},
                   {FAULT_ERROR, "int_jp_orders_converted", "invalid UTF-8 in column \"商品名\""},
                   {FAULT_TEST, "jp_orders_daily", NULL}},
        .updates =
            {
                {INVESTIGATING, "Names of the Japan pilot are question marks since {hours}:00 our "
                                "time. Asking {stakeholder}, it is evening there."},
                {SAME, "Their export tool was updated and went back to its default encoding. "
                       "Japanese default, not ours."},
                {FIXING, "Loader detects it and converts, #{pr}. 株式会社みどり食品 is readable "
                         "again on staging."},
                {MONITORING,
                 "{rows} lines matched. {stakeholder} checks in the morning, her morning."},
                {SAME, "ありがとう from {stakeholder}. Closing."},
            },
        .pull_requests = {"infra Loader: detect Shift JIS"},
        .follow_ups = {"2 Agree on UTF-8 with a byte order mark, in writing"},
        .cause = "the export tool fell back to its default encoding after an update",
    },
    {
        .key = "harvest",
        .severity = 3,
        .tickets = 6,
        .nodes = "fct_harvest_gap int_harvest_vs_order",
        .name = "{Forecast of {farm} off by a factor of ten|{rows} farms without a "
                "forecast|Harvest gap of {farm}: 4 000 % kohlrabi}",
        .summary = "{farm} entered kilograms where the portal asks for crates. The gap report "
                   "orders too little.",
        .alerts = {{FAULT_WARN, "fct_harvest_gap", NULL},
                   {FAULT_LATE, "farm_portal.harvest_forecasts", NULL}},
        .updates =
            {
                {INVESTIGATING, "{farm} forecasts ten times last year's harvest. They are good, "
                                "but not that good."},
                {FIXING,
                 "Buyers know. Value corrected in the portal by {stakeholder}, rebuilding."},
                {SAME, "Gap plausible again. Closing."},
            },
        .follow_ups = {"3 Portal asks back when a forecast is five times last year's"},
        .cause = "a unit was mistaken in a form that does not ask back",
    },
};
/* clang-format on */
const int stories_partner_len = sizeof(stories_partner) / sizeof(stories_partner[0]);
