#include "demo/pipeline.h"

#include <assert.h>
#include <string.h>

#include "base/str.h"

/* Each source has a staging model: stg_SYSTEM__TABLE, or the name given. */
static const struct {
    const char *name, *key, *tests, *staging;
    enum team_name team;
    enum person owner;
} sources[] = {
    {"shop.orders", "order_id", "accepted_values:status not_null:customer_id", NULL, TEAM_CORE,
     INES},
    {"shop.order_lines", "order_line_id", "relationships:order_id not_null:box_sku", NULL,
     TEAM_CORE, INES},
    {"shop.customers", "customer_id", "not_null:signed_up_at assert:emails_are_hashed", NULL,
     TEAM_CORE, TUNDE},
    {"shop.addresses", "address_id", "accepted_values:country", NULL, TEAM_CORE, TUNDE},
    {"shop.subscriptions", "subscription_id", "accepted_values:cadence", NULL, TEAM_GROWTH, FREYA},
    {"shop.subscription_pauses", "pause_id", "relationships:subscription_id", NULL, TEAM_GROWTH,
     FREYA},
    {"shop.baskets", "basket_id", "", NULL, TEAM_GROWTH, FREYA},
    {"shop.products", "sku", "not_null:unit_price", NULL, TEAM_CORE, CIARAN},
    {"shop.vouchers", "voucher_id", "accepted_values:kind", NULL, TEAM_GROWTH, AIKO},
    {"payments.charges", "charge_id", "accepted_values:state not_null:amount_minor", NULL,
     TEAM_SUPPLY, ROHAN},
    {"payments.refunds", "refund_id", "relationships:charge_id", NULL, TEAM_SUPPLY, ROHAN},
    {"payments.payouts", "payout_id", "", NULL, TEAM_SUPPLY, ROHAN},
    {"payments.disputes", "dispute_id", "accepted_values:reason", NULL, TEAM_SUPPLY, ROHAN},
    {"courier.routes", "route_id", "", NULL, TEAM_SUPPLY, KASIA},
    {"courier.stops", "stop_id", "relationships:route_id", NULL, TEAM_SUPPLY, KASIA},
    {"courier.scans", "scan_id", "accepted_values:event", NULL, TEAM_SUPPLY, KASIA},
    {"depot.pick_lists", "pick_list_id", "", NULL, TEAM_SUPPLY, KASIA},
    {"depot.stock_counts", "stock_count_id", "assert:counts_are_not_negative", NULL, TEAM_SUPPLY,
     KASIA},
    {"depot.temperature_log", "reading_id", "", NULL, TEAM_SUPPLY, KASIA},
    {"farm_portal.farms", "farm_id", "not_null:payout_iban", NULL, TEAM_SUPPLY, ROHAN},
    {"farm_portal.harvest_forecasts", "forecast_id", "", NULL, TEAM_SUPPLY, KASIA},
    {"farm_portal.purchase_orders", "purchase_order_id", "accepted_values:state", NULL, TEAM_SUPPLY,
     ROHAN},
    {"ads.spend_daily", "spend_key", "not_null:campaign_id", NULL, TEAM_GROWTH, AIKO},
    {"ads.clicks", "click_id", "", NULL, TEAM_GROWTH, AIKO},
    {"web.events", "event_id", "accepted_values:event_name", NULL, TEAM_GROWTH, AIKO},
    {"desk.tickets", "ticket_id", "accepted_values:channel", NULL, TEAM_GROWTH, FREYA},
    {"desk.satisfaction", "rating_id", "", NULL, TEAM_GROWTH, FREYA},
    {"erp.gl_entries", "gl_entry_id", "not_null:cost_centre", NULL, TEAM_SUPPLY, ROHAN},
    {"fx.rates", "rate_key", "", NULL, TEAM_SUPPLY, ROHAN},
    {"jp.注文明細", "明細番号", "not_null:顧客番号", "stg_jp__order_lines", TEAM_GROWTH, AIKO},
    {"de.liefergebiete_köln", "gebiet_id", "not_null:postleitzahl", "stg_de__liefergebiete",
     TEAM_SUPPLY, KASIA},
};

/* clang-format off: a table, one row a line */
static const struct node models[] = {
    {"seed_vat_rates", NODE_SEED, TEAM_SUPPLY, ROHAN, "vat_key", "", ""},
    {"seed_depot_regions", NODE_SEED, TEAM_SUPPLY, KASIA, "region_id", "", ""},
    {"seed_utm_channels", NODE_SEED, TEAM_GROWTH, AIKO, "utm_key", "", ""},
    {"snap_products", NODE_SNAPSHOT, TEAM_CORE, CIARAN, "dbt_scd_id", "", "stg_shop__products"},
    {"snap_subscriptions", NODE_SNAPSHOT, TEAM_GROWTH, FREYA, "dbt_scd_id", "",
     "stg_shop__subscriptions"},
    {"int_orders_enriched", NODE_INTERMEDIATE, TEAM_CORE, INES, "order_id",
     "assert:one_row_per_order",
     "stg_shop__orders stg_shop__customers stg_shop__vouchers stg_shop__addresses"},
    {"int_order_lines_priced", NODE_INTERMEDIATE, TEAM_CORE, INES, "order_line_id",
     "not_null:net_amount", "stg_shop__order_lines snap_products seed_vat_rates"},
    {"int_jp_orders_converted", NODE_INTERMEDIATE, TEAM_GROWTH, AIKO, "order_line_id",
     "not_null:amount_gbp", "stg_jp__order_lines stg_fx__rates"},
    {"int_customer_addresses", NODE_INTERMEDIATE, TEAM_CORE, TUNDE, "customer_id", "",
     "stg_shop__customers stg_shop__addresses stg_de__liefergebiete"},
    {"int_subscription_spans", NODE_INTERMEDIATE, TEAM_GROWTH, FREYA, "span_key",
     "assert:spans_do_not_overlap", "snap_subscriptions stg_shop__subscription_pauses"},
    {"int_payments_matched", NODE_INTERMEDIATE, TEAM_SUPPLY, ROHAN, "charge_id",
     "relationships:order_id", "stg_payments__charges stg_payments__payouts stg_shop__orders"},
    {"int_refunds_allocated", NODE_INTERMEDIATE, TEAM_SUPPLY, ROHAN, "refund_line_key", "",
     "stg_payments__refunds stg_payments__disputes int_order_lines_priced"},
    {"int_delivery_attempts", NODE_INTERMEDIATE, TEAM_SUPPLY, KASIA, "attempt_key", "",
     "stg_courier__stops stg_courier__scans stg_courier__routes"},
    {"int_pick_accuracy", NODE_INTERMEDIATE, TEAM_SUPPLY, KASIA, "pick_list_id", "",
     "stg_depot__pick_lists stg_shop__order_lines"},
    {"int_stock_movements", NODE_INTERMEDIATE, TEAM_SUPPLY, KASIA, "movement_key",
     "assert:movements_balance",
     "stg_depot__stock_counts stg_depot__pick_lists stg_farm_portal__purchase_orders "
     "seed_depot_regions"},
    {"int_cold_chain", NODE_INTERMEDIATE, TEAM_SUPPLY, KASIA, "crate_key", "",
     "stg_depot__temperature_log stg_courier__routes"},
    {"int_harvest_vs_order", NODE_INTERMEDIATE, TEAM_SUPPLY, KASIA, "farm_week_key", "",
     "stg_farm_portal__harvest_forecasts stg_farm_portal__purchase_orders stg_farm_portal__farms"},
    {"int_sessions_stitched", NODE_INTERMEDIATE, TEAM_GROWTH, AIKO, "session_id", "",
     "stg_web__events stg_shop__baskets"},
    {"int_ad_attribution", NODE_INTERMEDIATE, TEAM_GROWTH, AIKO, "touch_key",
     "assert:weights_sum_to_one",
     "int_sessions_stitched stg_ads__clicks stg_ads__spend_daily seed_utm_channels"},
    {"int_ticket_threads", NODE_INTERMEDIATE, TEAM_GROWTH, FREYA, "ticket_id", "",
     "stg_desk__tickets stg_desk__satisfaction"},
    {"int_ledger_lines", NODE_INTERMEDIATE, TEAM_SUPPLY, ROHAN, "ledger_line_key",
     "assert:debits_equal_credits", "stg_erp__gl_entries stg_fx__rates"},

    {"dim_customers", NODE_MART, TEAM_CORE, TUNDE, "customer_id",
     "not_null:region assert:no_merged_accounts", "int_customer_addresses stg_shop__customers"},
    {"dim_products", NODE_MART, TEAM_CORE, CIARAN, "sku", "accepted_values:shelf", "snap_products"},
    {"dim_farms", NODE_MART, TEAM_SUPPLY, ROHAN, "farm_id", "", "stg_farm_portal__farms"},
    {"dim_depots", NODE_MART, TEAM_SUPPLY, KASIA, "depot_id", "",
     "seed_depot_regions stg_depot__stock_counts"},
    {"dim_couriers", NODE_MART, TEAM_SUPPLY, KASIA, "courier_id", "", "stg_courier__routes"},
    {"fct_orders", NODE_MART, TEAM_CORE, INES, "order_id",
     "relationships:customer_id not_null:ordered_at assert:total_matches_lines",
     "int_orders_enriched int_order_lines_priced dim_customers"},
    {"fct_order_lines", NODE_MART, TEAM_CORE, INES, "order_line_id",
     "relationships:sku not_null:net_amount",
     "int_order_lines_priced int_jp_orders_converted dim_products"},
    {"orders_daily", NODE_MART, TEAM_CORE, INES, "day_key",
     "assert:no_missing_days not_null:orders", "fct_orders"},
    {"revenue_daily", NODE_MART, TEAM_SUPPLY, ROHAN, "day_key",
     "assert:revenue_matches_ledger not_null:net_revenue",
     "fct_order_lines int_refunds_allocated fct_ledger"},
    {"fct_payments", NODE_MART, TEAM_SUPPLY, ROHAN, "charge_id", "accepted_values:state",
     "int_payments_matched fct_orders"},
    {"fct_refunds", NODE_MART, TEAM_SUPPLY, ROHAN, "refund_line_key", "relationships:order_line_id",
     "int_refunds_allocated"},
    {"fct_disputes", NODE_MART, TEAM_SUPPLY, ROHAN, "dispute_id", "",
     "stg_payments__disputes fct_payments"},
    {"fct_ledger", NODE_MART, TEAM_SUPPLY, ROHAN, "ledger_line_key", "not_null:cost_centre",
     "int_ledger_lines"},
    {"fct_subscriptions", NODE_MART, TEAM_GROWTH, FREYA, "subscription_id", "accepted_values:state",
     "int_subscription_spans dim_customers"},
    {"fct_churn_weekly", NODE_MART, TEAM_GROWTH, FREYA, "cohort_week_key",
     "assert:churn_between_0_and_1", "fct_subscriptions"},
    {"fct_baskets", NODE_MART, TEAM_GROWTH, FREYA, "basket_id", "",
     "stg_shop__baskets int_sessions_stitched"},
    {"fct_deliveries", NODE_MART, TEAM_SUPPLY, KASIA, "delivery_id",
     "relationships:order_id not_null:depot_id", "int_delivery_attempts fct_orders dim_couriers"},
    {"delivery_sla_daily", NODE_MART, TEAM_SUPPLY, KASIA, "day_depot_key",
     "assert:on_time_share_is_plausible", "fct_deliveries dim_depots"},
    {"fct_stock_levels", NODE_MART, TEAM_SUPPLY, KASIA, "stock_key", "assert:stock_is_not_negative",
     "int_stock_movements dim_products"},
    {"fct_pick_errors", NODE_MART, TEAM_SUPPLY, KASIA, "pick_error_key", "", "int_pick_accuracy"},
    {"fct_temperature_breaches", NODE_MART, TEAM_SUPPLY, KASIA, "breach_id", "", "int_cold_chain"},
    {"fct_harvest_gap", NODE_MART, TEAM_SUPPLY, KASIA, "farm_week_key", "",
     "int_harvest_vs_order dim_farms"},
    {"farm_payouts_weekly", NODE_MART, TEAM_SUPPLY, ROHAN, "payout_key",
     "assert:payouts_match_purchase_orders not_null:iban_last4",
     "int_harvest_vs_order dim_farms fct_ledger"},
    {"supplier_scorecard", NODE_MART, TEAM_SUPPLY, KASIA, "farm_id", "",
     "fct_harvest_gap fct_temperature_breaches"},
    {"fct_ad_performance", NODE_MART, TEAM_GROWTH, AIKO, "campaign_day_key", "not_null:spend_gbp",
     "int_ad_attribution fct_orders"},
    {"fct_sessions", NODE_MART, TEAM_GROWTH, AIKO, "session_id", "", "int_sessions_stitched"},
    {"fct_tickets", NODE_MART, TEAM_GROWTH, FREYA, "ticket_id", "relationships:customer_id",
     "int_ticket_threads dim_customers"},
    {"customers_360", NODE_MART, TEAM_CORE, TUNDE, "customer_id",
     "assert:lifetime_value_is_positive",
     "dim_customers fct_orders fct_subscriptions fct_tickets fct_refunds"},
    {"margin_by_box", NODE_MART, TEAM_SUPPLY, ROHAN, "box_week_key", "not_null:margin",
     "fct_order_lines farm_payouts_weekly fct_deliveries"},
    {"jp_orders_daily", NODE_MART, TEAM_GROWTH, AIKO, "day_key", "", "int_jp_orders_converted"},

    {"Board revenue dashboard", NODE_EXPOSURE, TEAM_SUPPLY, HELEN, "", "",
     "revenue_daily margin_by_box"},
    {"Weekly trading pack", NODE_EXPOSURE, TEAM_CORE, SOFIA, "", "",
     "orders_daily revenue_daily fct_churn_weekly"},
    {"Courier control room", NODE_EXPOSURE, TEAM_SUPPLY, MAREK, "", "",
     "fct_deliveries delivery_sla_daily"},
    {"Depot pick screens", NODE_EXPOSURE, TEAM_SUPPLY, MAREK, "", "",
     "fct_stock_levels fct_pick_errors"},
    {"Farm payout file", NODE_EXPOSURE, TEAM_SUPPLY, HELEN, "", "", "farm_payouts_weekly"},
    {"VAT return extract", NODE_EXPOSURE, TEAM_SUPPLY, HELEN, "", "", "fct_ledger fct_order_lines"},
    {"Ad spend allocator", NODE_EXPOSURE, TEAM_GROWTH, OLUCHI, "", "", "fct_ad_performance"},
    {"CRM customer sync", NODE_EXPOSURE, TEAM_CORE, OLUCHI, "", "", "customers_360"},
    {"Churn model features", NODE_EXPOSURE, TEAM_GROWTH, FREYA, "", "",
     "fct_subscriptions fct_sessions customers_360"},
    {"日本パイロット 売上", NODE_EXPOSURE, TEAM_GROWTH, SORA, "", "",
     "jp_orders_daily fct_order_lines"},
};
/* clang-format on */

static const char *
staging_name(int i)
{
    static char names[sizeof(sources) / sizeof(sources[0])][64];
    if (sources[i].staging)
        return sources[i].staging;
    if (!names[i][0]) {
        const char *dot = strchr(sources[i].name, '.');
        struct str name;
        str_init(&name, sizeof(names[i]) - 1);
        str_append(&name, "stg_");
        str_append_len(&name, sources[i].name, (size_t)(dot - sources[i].name));
        str_append(&name, "__");
        str_append(&name, dot + 1);
        memcpy(names[i], str_text(&name), name.len + 1);
        str_finish(&name);
    }
    return names[i];
}

static void
resolve_parents(struct pipeline *pipeline, int node)
{
    const char *at = pipeline->nodes[node].parents;
    int len = 0;
    while (*at) {
        size_t word_len = strcspn(at, " ");
        for (int i = 0; i < pipeline->len; i++)
            if (strlen(pipeline->nodes[i].name) == word_len &&
                strncmp(pipeline->nodes[i].name, at, word_len) == 0)
                pipeline->parents[node][len++] = i;
        at += word_len;
        at += strspn(at, " ");
    }
    assert(len < PARENTS_MAX);
    pipeline->parents[node][len] = -1;
}

const struct pipeline *
pipeline_get(void)
{
    static struct pipeline pipeline;
    if (pipeline.len)
        return &pipeline;

    int sources_len = (int)(sizeof(sources) / sizeof(sources[0]));
    for (int i = 0; i < sources_len; i++)
        pipeline.nodes[pipeline.len++] = (struct node){sources[i].name,
                                                       NODE_SOURCE,
                                                       sources[i].team,
                                                       sources[i].owner,
                                                       sources[i].key,
                                                       "",
                                                       ""};
    for (int i = 0; i < sources_len; i++)
        pipeline.nodes[pipeline.len++] =
            (struct node){staging_name(i), NODE_STAGING,     sources[i].team, sources[i].owner,
                          sources[i].key,  sources[i].tests, sources[i].name};
    for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++)
        pipeline.nodes[pipeline.len++] = models[i];
    assert(pipeline.len <= PIPELINE_MAX);
    for (int i = 0; i < pipeline.len; i++)
        resolve_parents(&pipeline, i);
    return &pipeline;
}

int
pipeline_find(const struct pipeline *pipeline, const char *name)
{
    for (int i = 0; i < pipeline->len; i++)
        if (text_equals(pipeline->nodes[i].name, name))
            return i;
    return -1;
}

int
pipeline_downstream(const struct pipeline *pipeline, int node, int out[PIPELINE_MAX])
{
    bool reached[PIPELINE_MAX] = {0};
    int len = 0;
    reached[node] = true;
    /* Not every mart stands behind its parents in the table: repeat until nothing is added. */
    for (bool grew = true; grew;) {
        grew = false;
        for (int i = 0; i < pipeline->len; i++) {
            for (const int *parent = pipeline->parents[i]; !reached[i] && *parent >= 0; parent++) {
                if (reached[*parent]) {
                    reached[i] = true;
                    grew = true;
                }
            }
        }
    }
    for (int i = 0; i < pipeline->len; i++)
        if (reached[i] && i != node)
            out[len++] = i;
    return len;
}

int
pipeline_tests(const struct pipeline *pipeline, int node, struct arena *arena,
               const char *tests[TESTS_MAX])
{
    const struct node *n = &pipeline->nodes[node];
    int len = 0;
    if (n->kind == NODE_SOURCE || n->kind == NODE_EXPOSURE)
        return 0;
    tests[len++] = arena_printf(arena, "unique:%s", n->key);
    tests[len++] = arena_printf(arena, "not_null:%s", n->key);
    for (const char *at = n->tests; *at && len < TESTS_MAX;) {
        size_t word_len = strcspn(at, " ");
        tests[len++] = arena_text_len(arena, at, word_len);
        at += word_len;
        at += strspn(at, " ");
    }
    return len;
}

const char *
pipeline_test_name(const struct pipeline *pipeline, int node, const char *test, struct arena *arena)
{
    const char *model = pipeline->nodes[node].name;
    const char *colon = strchr(test, ':');
    const char *kind = arena_text_len(arena, test, colon ? (size_t)(colon - test) : strlen(test));
    const char *column = colon ? colon + 1 : "";
    if (text_equals(kind, "assert"))
        return arena_printf(arena, "assert_%s", column);
    return arena_printf(arena, "%s_%s_%s", kind, model, column);
}

const char *
pipeline_unique_id(const struct pipeline *pipeline, int node, struct arena *arena)
{
    static const char *const types[] = {"source", "seed",  "snapshot", "model",
                                        "model",  "model", "exposure"};
    const struct node *n = &pipeline->nodes[node];
    return arena_printf(arena, "%s.brindlecart.%s", types[n->kind], n->name);
}

const char *
pipeline_path(const struct pipeline *pipeline, int node, struct arena *arena)
{
    static const char *const folders[] = {
        "models/sources",      "seeds",        "snapshots",       "models/staging",
        "models/intermediate", "models/marts", "models/exposures"};
    static const char *const groups[TEAM_COUNT] = {"shared", "core", "growth", "supply",
                                                   "platform"};
    const struct node *n = &pipeline->nodes[node];
    return arena_printf(arena, "%s/%s/%s.%s", folders[n->kind], groups[n->team], n->name,
                        n->kind == NODE_SEED ? "csv" : "sql");
}
