/* Incidents of meaning: the run is green and the numbers are wrong. */

#include "demo/story.h"

/* clang-format off: a table, one row a line */
const struct story stories_quality[] = {
    {
        .key = "duplicates",
        .severity = 1,
        .tickets = 9,
        .type = TYPE_QUALITY,
        .nodes = "orders_daily fct_orders fct_payments fct_order_lines fct_deliveries",
        .name = "{{node} counts {rows} rows twice|Duplicate keys in {node}|{node}: {rows} "
                "duplicates since {day}}",
        .summary = "{rows} keys of {node} appear twice since {day}'s load. {exposure} is {pct} % "
                   "too high.",
        .alerts = {{FAULT_TEST, "@", NULL},
                   {FAULT_TEST, "@down", NULL},
                   {FAULT_TEST, "@down", NULL}},
        .updates =
            {
                {INVESTIGATING, "{rows} duplicate keys in {node}. All of them were {created "
                                "between 02:00 and 03:00|edited by support on {day}}."},
                {SAME, "Told {stakeholder} that {exposure} is {pct} % too high, {and not to "
                       "present it|before the weekly call}."},
                {SAME,
                 "The shop sends an order again when an address is corrected, with the same id and "
                 "a new timestamp. We keep both because the dedup looks at the timestamp."},
                {FIXING, "#{pr}: newest by `updated_at` wins. {other} asked for a test with a "
                         "corrected address, fair."},
                {MONITORING, "Merged, backfilled {hours} days. {node} is unique again and "
                             "{exposure} down to where it should be."},
                {SAME, "Nothing new overnight. Closing."},
            },
        .pull_requests = {"dbt {source}: newest version of a row wins"},
        .items = {"{exposure} marked as wrong :: Banner put on by {lead}."},
        .actions = {"Put the banner on {exposure}", "Tell {stakeholder}"},
        .follow_ups = {"2 Unit test: corrected address keeps one row",
                       "2 Make the unique tests of marts stop the exposure's refresh"},
        .cause = "corrected orders are sent again and both versions were kept",
    },
    {
        .key = "refund-sign",
        .severity = 0,
        .tickets = 1,
        .type = TYPE_QUALITY,
        .nodes = "revenue_daily",
        .name = "{Net revenue {pct} % too high: refunds have the wrong sign|Refunds added instead "
                "of subtracted in revenue_daily}",
        .summary = "{partner} turned the sign of refunds in their export. Net revenue is "
                   "overstated by £{pounds} since {day}; finance closes the month today.",
        .alerts = {{FAULT_TEST, "revenue_daily", "assert:revenue_matches_ledger"},
                   {FAULT_WARN, "fct_refunds", NULL},
                   {FAULT_QUESTION, "",
                    "net revenue above gross for {day}? I am about to send this to the bank"}},
        .updates =
            {
                {INVESTIGATING, "Revenue and ledger differ by £{pounds}, twice the refunds of the "
                                "same days. Looks like a sign."},
                {SAME, "{stakeholder} was about to send the covenant report. Held. She is calm, I "
                       "am less so."},
                {SAME, "{partner} confirms: \"amounts are now signed from the merchant's "
                       "perspective\". It was in a newsletter."},
                {FIXING, "#{pr} takes the absolute value and the direction from the type. Checking "
                         "against the bank statement line by line with {other}."},
                {SAME, "Backfill from {day} on: {pct} % done. Ledger test passes for the first two "
                       "days."},
                {MONITORING, "All days equal the ledger. {stakeholder} has fresh numbers and an "
                             "explanation for the auditors in two sentences."},
                {SAME,
                 "Three loads without a difference. Closing; post-mortem with finance on {day}."},
            },
        .pull_requests = {"dbt Refunds: direction from type, amount absolute"},
        .items = {"Covenant report held :: {stakeholder} waits for our word.",
                  "{partner} confirms the change :: By phone; ticket follows.",
                  "Numbers released :: Difference to the ledger: 0.00."},
        .actions = {"Hold the covenant report", "Call {partner}", "Explain to the auditors"},
        .follow_ups = {"1 Test: refunds are never positive at the source",
                       "2 Somebody reads the providers' newsletters",
                       "1 Ledger comparison blocks the board dashboard"},
        .cause = "the payment provider changed the sign of refunds with a newsletter's notice",
    },
    {
        .key = "enum-new",
        .severity = 2,
        .tickets = 10,
        .type = TYPE_QUALITY,
        .nodes = "stg_shop__orders stg_shop__subscriptions stg_payments__disputes stg_web__events "
                 "stg_farm_portal__purchase_orders",
        .name = "{New value in {source}: {rows} rows unaccounted for|{node}: a status nobody "
                "knows|{source} speaks a new word}",
        .summary = "{source} has a value that {node} does not know. The rows fall out of every "
                   "mart with a filter on it.",
        .alerts = {{FAULT_TEST, "@", NULL}, {FAULT_WARN, "@down", NULL}},
        .updates =
            {
                {INVESTIGATING, "{rows} rows with a status we have never seen. {Asked|Asking} the "
                                "shop team what it means{ to them|}."},
                {SAME, "It means \"{held for age check|packed but not weighed|paid in "
                       "instalments}\". Should count as open."},
                {FIXING, "Mapping added in #{pr}. {other} adds it to the docs while we are there."},
                {SAME, "In, rows are back in the marts. {Closing|That is it}."},
            },
        .pull_requests = {"dbt {node}: map the new status"},
        .follow_ups = {"3 Unknown values go to an \"other\" bucket, visible, instead of out"},
        .cause = "a new status was introduced and unknown ones are dropped silently",
    },
    {
        .key = "stock-negative",
        .severity = 1,
        .tickets = 6,
        .type = TYPE_QUALITY,
        .nodes = "fct_stock_levels",
        .name = "{{city} depot shows negative stock|Stock of {rows} lines below zero in "
                "{city}|Pick screens in {city} empty}",
        .summary = "Stock counts of depot {city} arrive in pieces instead of crates. The pick "
                   "screens hide everything below one crate.",
        .alerts = {{FAULT_TEST, "fct_stock_levels", "assert:stock_is_not_negative"},
                   {FAULT_WARN, "fct_pick_errors", NULL},
                   {FAULT_QUESTION, "",
                    "pick screen in {city} says no carrots. I am looking at carrots"}},
        .updates =
            {
                {INVESTIGATING, "{city} stock is negative for {rows} lines. Other depots fine."},
                {SAME, "Their new scanner counts pieces, ours expects crates. {stakeholder} has "
                       "people picking from paper in {city}."},
                {FIXING, "Conversion for {city} only, by scanner model, in #{pr}. Ugly, but they "
                         "pack at 04:00."},
                {SAME, "Stock rebuilt, screens filled up at {city}. {stakeholder} sends a picture "
                       "of carrots."},
                {MONITORING, "Waiting for the evening count before I believe it."},
                {SAME, "Evening count is plausible: {rows} lines, none negative."},
            },
        .pull_requests = {"dbt {city}: pieces to crates by scanner model"},
        .items = {"{city} picks from paper :: Until further notice, says {stakeholder}."},
        .actions = {"Ask {stakeholder} how many orders are at risk"},
        .follow_ups = {"1 Unit of measure is part of the count, not of our guess",
                       "3 Pick screens show low stock instead of hiding it"},
        .cause = "a new scanner counts pieces and the unit is not part of the data",
    },
    {
        .key = "churn-jump",
        .severity = 2,
        .tickets = 5,
        .type = TYPE_QUALITY,
        .nodes = "fct_churn_weekly fct_subscriptions",
        .name = "{Churn jumped {pct} points overnight|{node}: paused customers counted as "
                "gone|Churn of {day} is not real}",
        .summary = "Pauses longer than eight weeks are counted as cancellations since {version}. "
                   "The weekly pack shows churn {pct} points too high.",
        .alerts = {{FAULT_TEST, "fct_churn_weekly", "assert:churn_between_0_and_1"},
                   {FAULT_QUESTION, "", "is churn really up {pct} points? asking for the board"}},
        .updates =
            {
                {INVESTIGATING, "{stakeholder} asks whether half of {city} has left us. They have "
                                "not, they are on holiday."},
                {FIXING, "A pause may be open ended since {version}; our spans close it after 56 "
                         "days. Fix is one line, backfill is {hours} weeks."},
                {MONITORING, "Backfilled. Churn is back to its usual unpleasant self."},
                {SAME, "Pack sent again with a note. Closing."},
            },
        .pull_requests = {"dbt Open-ended pauses are pauses"},
        .follow_ups = {"3 Agree with growth what \"churned\" means, and write it down",
                       "2 Anomaly test on weekly churn"},
        .cause = "open-ended pauses were closed after eight weeks by an old rule",
    },
    {
        .key = "privacy-export",
        .severity = 0,
        .tickets = 1,
        .type = TYPE_ACCESS,
        .nodes = "customers_360",
        .name = "{Plain e-mail addresses in the CRM export|customers_360 exposed unhashed "
                "e-mails|CRM sync carried {rows} addresses in clear}",
        .summary = "The e-mail column of customers_360 came through unhashed for {rows} customers "
                   "after the dim_customers refactoring and was synced to the CRM. Access is "
                   "closed; the data protection officer is informed.",
        .alerts = {{FAULT_TEST, "stg_shop__customers", "assert:emails_are_hashed"},
                   {FAULT_TEST, "customers_360", NULL}},
        .updates =
            {
                {INVESTIGATING, "Hash test failed with {rows} rows. I have stopped the CRM sync "
                                "before looking any further."},
                {SAME, "Sync ran once with clear addresses, at {hours}:20. {stakeholder} is "
                       "removing the segment; nobody exported it as far as the audit log goes."},
                {SAME, "Data protection officer called. Clock for a notification started at the "
                       "time of the first failed test; we may not need one, she decides."},
                {FIXING, "#{pr} hashes at the source model instead of the mart, so there is no "
                         "clear copy behind it. {other} reviews, nobody merges alone today."},
                {MONITORING, "Rebuilt. {rows} rows hashed, old partitions dropped, backups follow "
                             "their own expiry in 7 days."},
                {SAME, "Officer's decision: no notification, internal record. Sync on again. "
                       "Post-mortem in the shared folder, restricted."},
            },
        .pull_requests = {"dbt Hash e-mails in staging, not later"},
        .items = {"CRM sync stopped :: By {lead}, four minutes after the test failed.",
                  "Segment deleted in the CRM :: {stakeholder}, with a second pair of eyes.",
                  "Decision of the data protection officer :: Internal record, no notification."},
        .actions = {"Stop the CRM sync", "Audit log: who opened the segment?",
                    "Inform the data protection officer"},
        .follow_ups = {"1 Hash test blocks the sync, not only warns",
                       "1 Column-level policy on everything called e-mail",
                       "2 Exercise: a leak on a Friday afternoon"},
        .cause = "hashing happened in a mart and a refactoring went round it",
    },
    {
        .key = "vat",
        .severity = 1,
        .tickets = 3,
        .type = TYPE_QUALITY,
        .nodes = "int_order_lines_priced",
        .name = "{VAT rate missing for {rows} lines|Order lines without VAT in the return "
                "extract|New shelf without a VAT rate}",
        .summary = "Products of the new shelf have no row in seed_vat_rates. {rows} lines are "
                   "priced without VAT; the quarterly return is due on {day}.",
        .alerts = {{FAULT_TEST, "int_order_lines_priced", "not_null:net_amount"},
                   {FAULT_TEST, "fct_order_lines", "not_null:net_amount"},
                   {FAULT_WARN, "dim_products", "accepted_values:shelf"}},
        .updates =
            {
                {INVESTIGATING,
                 "{rows} lines have no net amount: the \"{flowers|kombucha|candles}\" shelf opened "
                 "on {day} and has no VAT rate."},
                {SAME, "{stakeholder} says 20 %, except in Germany, where of course it depends."},
                {FIXING, "Seed extended in #{pr}, German rates by {other}."},
                {MONITORING,
                 "Lines priced, extract rebuilt. {stakeholder} compares with last quarter."},
                {SAME, "Return sent on time. Closing."},
            },
        .pull_requests = {"dbt seed_vat_rates: the new shelf"},
        .follow_ups = {"2 Shop cannot open a shelf without a VAT class",
                       "3 Move the VAT seed to finance's own sheet"},
        .cause = "a new shelf opened without a VAT class and the join drops what it does not know",
    },
    {
        .key = "attribution",
        .severity = 2,
        .tickets = 5,
        .type = TYPE_QUALITY,
        .nodes = "fct_ad_performance int_ad_attribution",
        .name = "{Ad spend of {day} missing, allocator overspends|{node}: weights do not sum to "
                "one|Campaigns without spend in {node}}",
        .summary = "Spend of {partner} is missing for {rows} campaigns. The allocator reads zero "
                   "cost as cheap and moves budget there.",
        .alerts = {{FAULT_TEST, "fct_ad_performance", "not_null:spend_gbp"},
                   {FAULT_TEST, "int_ad_attribution", "assert:weights_sum_to_one"},
                   {FAULT_LATE, "ads.spend_daily", NULL}},
        .updates =
            {
                {INVESTIGATING,
                 "{rows} campaigns with clicks and no spend. {partner}'s file is there but short."},
                {SAME, "Allocator switched to manual by {stakeholder}, about £{pounds} went the "
                       "wrong way since the morning."},
                {FIXING, "File requested again; until then spend is carried forward from the day "
                         "before, marked as estimate."},
                {MONITORING, "Complete file is in. Estimates replaced."},
                {SAME, "Allocator back on automatic. Closing."},
            },
        .pull_requests = {"dbt Spend: carry forward and mark as estimate"},
        .actions = {"Switch the allocator to manual"},
        .follow_ups = {"1 Allocator stops when spend is missing",
                       "3 Row count in {partner}'s manifest, compare on load"},
        .cause = "the network's spend file was cut short and zero reads as cheap",
    },
    {
        .key = "identity-merge",
        .severity = 2,
        .tickets = 5,
        .type = TYPE_QUALITY,
        .nodes = "dim_customers",
        .name = "{{rows} customers merged into one|Two households share a customer id|Merged "
                "accounts in dim_customers}",
        .summary = "Accounts sharing the phone number of a parcel shop were merged. {rows} "
                   "customers see one lifetime value, in the CRM they get each other's name.",
        .alerts = {{FAULT_TEST, "dim_customers", "assert:no_merged_accounts"},
                   {FAULT_TEST, "customers_360", NULL}},
        .updates =
            {
                {INVESTIGATING, "One \"customer\" in {city} with {rows} orders a week. It is a "
                                "parcel shop's phone number."},
                {FIXING, "Merging by phone only if the surname agrees as well, #{pr}. CRM sync off "
                         "until done, {stakeholder} informed."},
                {MONITORING,
                 "{rows} accounts apart again. Sync on, first batch looked at by hand."},
                {SAME, "No complaints from support today. Closing."},
            },
        .pull_requests = {"dbt Merge customers by phone and surname"},
        .actions = {"Stop the CRM sync"},
        .follow_ups = {"2 Cap on how many accounts a merge may join",
                       "3 List of parcel shops as a seed"},
        .cause = "merging by phone number alone joins everybody who ships to a parcel shop",
    },
};
/* clang-format on */
const int stories_quality_len = sizeof(stories_quality) / sizeof(stories_quality[0]);
