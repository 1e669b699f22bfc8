/* Memory for Values: slabs of nodes of one size, on huge pages where Linux has them.

   With one allocation for each node a graph of ten million nodes spends most of its time in page faults. A slab is aligned to its size,
   so the slab of a node is found from the address. An empty slab goes back to the system, apart from a few. */

#ifndef GRADLAB_SLABS_H
#define GRADLAB_SLABS_H

#include "node.h"

#include <stdlib.h>
#include <string.h>

#if defined(_WIN32)
#include <malloc.h>
#define allocate_slab() _aligned_malloc(SLAB_SIZE, SLAB_SIZE)
#define free_slab(slab) _aligned_free(slab)
#else
#define allocate_slab() aligned_alloc(SLAB_SIZE, SLAB_SIZE)
#define free_slab(slab) free(slab)
#endif

#if defined(__linux__)
#include <sys/mman.h>
#endif

#define SLAB_SIZE ((size_t)1 << 21) /* a huge page of x86-64 and of most ARM machines */
#define MOST_EMPTY_SLABS 8          /* kept for the next graph: two graphs of micrograd's demo step take 15 MB */
#define GC_HEAD_SIZE (2 * sizeof(uintptr_t))
#define NODE_SIZE (GC_HEAD_SIZE + sizeof(Node))

typedef struct Slab {
    struct Slab *next, *previous; /* the other slabs with room */
    Node *freed;
    char *unused; /* from here on no node has been made */
    Py_ssize_t live;
} Slab;

#define FIRST_NODE ((sizeof(Slab) + 63) / 64 * 64)
#define NODES_PER_SLAB ((Py_ssize_t)((SLAB_SIZE - FIRST_NODE) / NODE_SIZE))

static Slab *slabs_with_room;
static Py_ssize_t slab_count, empty_slab_count;

INLINE Node *next_of(const Node *node) { return (Node *)(intptr_t)node->stamp; }

/* Ask for huge pages in large memory that is about to be written: in all of its pages, since realloc() cannot move a mapping of which
   only a part has them. */
static inline void expect_writes(void *start, size_t size) {
#if defined(MADV_HUGEPAGE)
    uintptr_t page = 4096, first = (uintptr_t)start & ~(page - 1), last = ((uintptr_t)start + size + page - 1) & ~(page - 1);
    if (size >= SLAB_SIZE) {
        madvise((void *)first, last - first, MADV_HUGEPAGE); /* where pages are larger it refuses, and nothing is lost */
    }
#else
    (void)start, (void)size;
#endif
}

static void link_slab(Slab *slab) {
    slab->previous = NULL;
    slab->next = slabs_with_room;
    if (slab->next != NULL) {
        slab->next->previous = slab;
    }
    slabs_with_room = slab;
}

static void unlink_slab(Slab *slab) {
    *(slab->previous != NULL ? &slab->previous->next : &slabs_with_room) = slab->next;
    if (slab->next != NULL) {
        slab->next->previous = slab->previous;
    }
}

static void clear_slab(Slab *slab) {
    slab->freed = NULL;
    slab->unused = (char *)slab + FIRST_NODE;
    slab->live = 0;
    empty_slab_count++;
}

static int add_slab(void) {
    Slab *slab = allocate_slab();
    if (slab == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    if (slab_count > 0) { /* a program with few nodes needs no huge page */
        expect_writes(slab, SLAB_SIZE);
    }
    slab_count++;
    clear_slab(slab);
    link_slab(slab);
    return 0;
}

/* Memory for a node, unknown to the collector; NULL with an error. */
INLINE Node *take_node(void) {
    if (slabs_with_room == NULL && add_slab() < 0) {
        return NULL;
    }
    Slab *slab = slabs_with_room;
    Node *node = slab->freed;
    if (node != NULL) {
        slab->freed = next_of(node);
    } else {
        memset(slab->unused, 0, GC_HEAD_SIZE);
        node = (Node *)(slab->unused + GC_HEAD_SIZE);
        slab->unused += NODE_SIZE;
    }
    empty_slab_count -= slab->live == 0;
    if (++slab->live == NODES_PER_SLAB) {
        unlink_slab(slab);
    }
    return node;
}

INLINE void give_back(Node *node) {
    Slab *slab = (Slab *)((uintptr_t)node & ~(uintptr_t)(SLAB_SIZE - 1));
    node->stamp = (intptr_t)slab->freed;
    slab->freed = node;
    if (slab->live-- == NODES_PER_SLAB) {
        link_slab(slab);
    }
    if (slab->live == 0) {
        clear_slab(slab);
        if (empty_slab_count > MOST_EMPTY_SLABS) {
            unlink_slab(slab);
            free_slab(slab);
            slab_count--;
            empty_slab_count--;
        }
    }
}

#endif
