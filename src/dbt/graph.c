#include "dbt/graph.h"

#include "base/arena.h"

void
graph_add(struct graph *graph, uint32_t parent, uint32_t child)
{
    if (!parent || !child)
        return;
    if (graph->edges_len == graph->edges_cap) {
        graph->edges_cap = graph->edges_cap ? 2 * graph->edges_cap : 1024;
        graph->edges = memory_resize(graph->edges, graph->edges_cap * sizeof *graph->edges);
    }
    graph->edges[graph->edges_len++] = (struct graph_edge){parent, child};
}

/* Neighbours of each node in one array, in the order they were told; `seen` is zeroed and left dirty. */
static void
build_side(struct graph *graph, enum graph_way way)
{
    struct graph_side *side = &graph->sides[way];
    size_t nodes_len = graph->nodes_len;
    side->starts = memory_alloc((nodes_len + 1) * sizeof *side->starts);
    side->ends = memory_alloc((nodes_len + 1) * sizeof *side->ends);
    side->nodes = memory_alloc(graph->edges_len * sizeof *side->nodes);
    for (size_t i = 0; i < graph->edges_len; i++) {
        const struct graph_edge *edge = &graph->edges[i];
        side->starts[(way == GRAPH_DOWN ? edge->parent : edge->child) + 1]++;
    }
    for (size_t i = 0; i < nodes_len; i++) {
        side->starts[i + 1] += side->starts[i];
        side->ends[i] = side->starts[i];
    }
    for (size_t i = 0; i < graph->edges_len; i++) {
        const struct graph_edge *edge = &graph->edges[i];
        uint32_t from = way == GRAPH_DOWN ? edge->parent : edge->child;
        side->nodes[side->ends[from]++] = way == GRAPH_DOWN ? edge->child : edge->parent;
    }
    for (size_t node = 0; node < nodes_len; node++) {
        uint32_t kept = side->starts[node];
        uint32_t mark = ++graph->walk;
        graph->seen[node] = mark;
        for (uint32_t i = kept; i < side->ends[node]; i++) {
            uint32_t other = side->nodes[i];
            if (graph->seen[other] == mark)
                continue;
            graph->seen[other] = mark;
            side->nodes[kept++] = other;
        }
        side->ends[node] = kept;
    }
}

void
graph_build(struct graph *graph, size_t nodes_len)
{
    graph->nodes_len = nodes_len;
    graph->seen = memory_alloc(nodes_len * sizeof *graph->seen);
    build_side(graph, GRAPH_UP);
    build_side(graph, GRAPH_DOWN);
    memory_free(graph->edges);
    graph->edges = NULL;
    graph->edges_len = graph->edges_cap = 0;
    graph->found = memory_alloc(nodes_len * sizeof *graph->found);
}

void
graph_finish(struct graph *graph)
{
    for (int way = 0; way < 2; way++) {
        memory_free(graph->sides[way].starts);
        memory_free(graph->sides[way].ends);
        memory_free(graph->sides[way].nodes);
    }
    memory_free(graph->edges);
    memory_free(graph->seen);
    memory_free(graph->found);
    *graph = (struct graph){0};
}

size_t
graph_neighbours(const struct graph *graph, enum graph_way way, uint32_t node,
                 const uint32_t **nodes)
{
    const struct graph_side *side = &graph->sides[way];
    *nodes = side->nodes + side->starts[node];
    return side->ends[node] - side->starts[node];
}

/* The neighbours of one node that were not seen in this walk, behind what was found. */
static size_t
find_neighbours(struct graph *graph, enum graph_way way, uint32_t node, size_t found_len)
{
    const uint32_t *others;
    size_t others_len = graph_neighbours(graph, way, node, &others);
    graph->steps += (int64_t)others_len + 1;
    for (size_t i = 0; i < others_len; i++)
        if (graph->seen[others[i]] != graph->walk) {
            graph->seen[others[i]] = graph->walk;
            graph->found[found_len++] = others[i];
        }
    return found_len;
}

size_t
graph_walk(struct graph *graph, enum graph_way way, const uint32_t *from, size_t from_len,
           size_t far, const uint32_t **nodes)
{
    size_t len = 0, at = 0;
    graph->walk++;
    *nodes = graph->found;
    for (size_t i = 0; i < from_len; i++)
        graph->seen[from[i]] = graph->walk;
    for (size_t i = 0; i < from_len && !graph_is_exhausted(graph); i++)
        len = find_neighbours(graph, way, from[i], len);
    for (size_t step = 1; at < len && step != far; step++)
        for (size_t step_end = len; at < step_end && !graph_is_exhausted(graph); at++)
            len = find_neighbours(graph, way, graph->found[at], len);
    return len;
}

bool
graph_was_reached(const struct graph *graph, uint32_t node)
{
    return graph->seen[node] == graph->walk;
}

bool
graph_is_exhausted(const struct graph *graph)
{
    return graph->steps > GRAPH_STEPS_MAX;
}
