#pragma once

/* What depends on what: nodes by number, and walks over them. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum graph_way { GRAPH_UP, GRAPH_DOWN };

enum {
    /* All walks of a run together pass over so many edges; then they find nothing any more. */
    GRAPH_STEPS_MAX = 1000000000,
};

struct graph {
    struct graph_edge {
        uint32_t parent, child;
    } * edges; /* as they were told, until graph_build */
    size_t edges_len, edges_cap;

    size_t nodes_len; /* numbers are below */
    struct graph_side {
        uint32_t *starts; /* of a node's neighbours; one more than there are nodes */
        uint32_t *ends;
        uint32_t *nodes;
    } sides[2];

    uint32_t *seen; /* in which walk, by node */
    uint32_t walk;
    uint32_t *found;
    int64_t steps;
};

/* Number 0 is nobody: it has no edges. */
void graph_add(struct graph *graph, uint32_t parent, uint32_t child);
/* Edges told twice count once, those from a node to itself not at all. */
void graph_build(struct graph *graph, size_t nodes_len);
void graph_finish(struct graph *graph);

size_t graph_neighbours(const struct graph *graph, enum graph_way way, uint32_t node,
                        const uint32_t **nodes);

/*
 * What is reached from these, themselves not counted, nearest first, at most `far` steps away (0 = any). *nodes holds until the
 * next walk.
 */
size_t graph_walk(struct graph *graph, enum graph_way way, const uint32_t *from, size_t from_len,
                  size_t far, const uint32_t **nodes);
/* By the last walk, or where it began. */
bool graph_was_reached(const struct graph *graph, uint32_t node);
bool graph_is_exhausted(const struct graph *graph);
