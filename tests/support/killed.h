#pragma once

/*
 * A process of ours that is killed at a chosen moment of what it writes: before or after the n-th time that something is made safe on
 * disk, or takes a file's place. Stands in for fdatasync and renameat of every test program that has none of its own.
 */

/* From here on steps count from 1; 0 = is not killed there. For a child that was forked. */
void killed_at(int before, int after);
