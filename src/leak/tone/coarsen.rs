//! Coarser graphs: nodes with the strongest edges are merged, level by level, until few are left.

use rayon::prelude::*;

use super::Vectors;
use crate::leak::shot::graph::Graph;
use crate::leak::shot::value_table::NO_NODE;

/// How many nodes of a level may become one node of the next.
const MOST_MERGED: u32 = 4;

/// Nodes are sorted by their number of edges up to this number; nodes with more stay in their order.
const MOST_EDGES_SORTED: u32 = 1 << 10;

/// Nodes that one task works on.
const NODES_PER_TASK: usize = 2048;

/// A graph at one degree of coarseness.
pub(super) struct Level {
    /// Edges with weights; from the second level on a node has an edge to itself, for the edges between its merged
    /// nodes.
    pub graph: Graph,
    /// The sum of the weights of each row.
    pub mass: Vec<f32>,
    /// How many blocks of the prepared frames each node represents.
    pub blocks: Vec<f64>,
}

impl Level {
    /// The finest level.
    pub(super) fn new(graph: Graph, blocks: Vec<f64>) -> Self {
        // In double precision: some nodes have very many edges.
        let sum = |node| graph.row(node).map(|(_, weight)| f64::from(weight)).sum::<f64>() as f32;
        let mass = (0..graph.len()).into_par_iter().with_min_len(NODES_PER_TASK).map(sum).collect();
        Self { graph, mass, blocks }
    }

    /// Nodes of the level.
    pub(super) fn len(&self) -> usize {
        self.mass.len()
    }

    /// Assigns nodes to groups. Returns the group of each node, and the number of groups.
    ///
    /// Nodes with the fewest neighbours come first, since they have the fewest options. Each joins the group of the
    /// neighbour for which the edge is the largest share of its mass (heavy-edge matching, Karypis and Kumar 1998, with
    /// small groups instead of pairs). If the groups of all neighbours are full, as around a node with many edges, it
    /// joins other nodes with the same best neighbour.
    pub(super) fn group_nodes(&self) -> (Vec<u32>, usize) {
        let order = self.sorted_by_edges();
        let mut group = vec![NO_NODE; self.len()];
        // For each full neighbour, the last group of nodes that wanted to join it.
        let mut overflow = vec![NO_NODE; self.len()];
        let mut members: Vec<u32> = Vec::new();
        for node in order.into_iter().map(|node| node as usize) {
            if group[node] != NO_NODE {
                continue;
            }
            // The best neighbour whose group has room, and the best of all.
            let (mut open, mut best) = ((0.0, NO_NODE), (0.0, NO_NODE));
            for (other, weight) in self.graph.row(node).filter(|&(other, _)| other != node) {
                let strength = weight / self.mass[other];
                let has_room = || group[other] == NO_NODE || members[group[other] as usize] < MOST_MERGED;
                if strength > open.0 && has_room() {
                    open = (strength, other as u32);
                }
                if strength > best.0 {
                    best = (strength, other as u32);
                }
            }
            let (existing, partner) = match (open.1, best.1) {
                (NO_NODE, NO_NODE) => (NO_NODE, None),
                (NO_NODE, best) => (overflow[best as usize], None),
                (open, _) => (group[open as usize], Some(open as usize)),
            };
            if existing != NO_NODE && members[existing as usize] < MOST_MERGED {
                group[node] = existing;
                members[existing as usize] += 1;
                continue;
            }
            let new = members.len() as u32;
            group[node] = new;
            members.push(1);
            if let Some(partner) = partner {
                group[partner] = new;
                members[new as usize] += 1;
            } else if best.1 != NO_NODE {
                overflow[best.1 as usize] = new;
            }
        }
        (group, members.len())
    }

    /// The nodes, sorted by their number of edges, up to [`MOST_EDGES_SORTED`].
    fn sorted_by_edges(&self) -> Vec<u32> {
        let most = MOST_EDGES_SORTED;
        let edges: Vec<u32> = (0..self.len()).map(|node| self.graph.edges_of(node).min(most)).collect();
        nodes_by_group(&edges, most as usize + 1).1
    }

    /// The level whose nodes are these groups, with the sums of weights, masses and blocks.
    pub(super) fn coarser(&self, group: &[u32], groups: usize) -> Self {
        let (offsets, nodes) = nodes_by_group(group, groups);
        let graph = Graph::by_rows(groups, groups, |coarse, row| {
            for &node in &nodes[offsets[coarse] as usize..offsets[coarse + 1] as usize] {
                self.graph.row(node as usize).for_each(|(end, weight)| row.add(group[end], weight));
            }
        });
        let (mut mass, mut blocks) = (vec![0.0; groups], vec![0.0; groups]);
        for (node, &group) in group.iter().enumerate() {
            mass[group as usize] += f64::from(self.mass[node]);
            blocks[group as usize] += self.blocks[node];
        }
        Self { graph, mass: mass.into_iter().map(|mass| mass as f32).collect(), blocks }
    }

    /// Moves every node halfway to the weighted mean of its neighbours, `steps` times: a few steps of a lazy random
    /// walk, which separate nodes that a coarser level had merged.
    pub(super) fn smooth(&self, vectors: &mut Vec<Vectors>, steps: usize) {
        let mut next = vectors.clone();
        for _ in 0..steps {
            let from: &[Vectors] = vectors;
            next.par_chunks_mut(NODES_PER_TASK).enumerate().for_each(|(task, to)| {
                for (node, to) in (task * NODES_PER_TASK..).zip(to) {
                    let mut sum = Vectors::default();
                    for (other, weight) in self.graph.row(node) {
                        for (sum, from) in sum.iter_mut().zip(from[other]) {
                            *sum += weight * from;
                        }
                    }
                    let mass = self.mass[node];
                    *to = std::array::from_fn(|v| f32::midpoint(from[node][v], sum[v] / mass));
                }
            });
            std::mem::swap(vectors, &mut next);
        }
    }
}

/// The nodes sorted by group, after the offsets at which the groups start.
fn nodes_by_group(group: &[u32], groups: usize) -> (Vec<u32>, Vec<u32>) {
    let mut offsets = vec![0u32; groups + 1];
    for &group in group {
        offsets[group as usize + 1] += 1;
    }
    for i in 0..groups {
        offsets[i + 1] += offsets[i];
    }
    let mut next = offsets.clone();
    let mut nodes = vec![0u32; group.len()];
    for (node, &group) in (0u32..).zip(group) {
        nodes[next[group as usize] as usize] = node;
        next[group as usize] += 1;
    }
    (offsets, nodes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(nodes: usize, edges: impl Iterator<Item = (u32, u32)> + Clone) -> Level {
        let edges = edges.filter(|(a, b)| a != b);
        Level::new(Graph::of(nodes, edges), vec![1.0; nodes])
    }

    #[test]
    fn paths_and_stars_shrink_by_a_third_or_more() {
        let path = level(1000, (0..999).map(|i| (i, i + 1)));
        let star = level(1000, (1..1000).map(|i| (0, i)));
        for level in [path, star] {
            let (group, groups) = level.group_nodes();
            assert!(groups * 3 <= 1000 * 2, "{groups} groups");
            let mut sizes = vec![0; groups];
            for group in group {
                sizes[group as usize] += 1;
            }
            assert!(sizes.iter().all(|&size| (1..=MOST_MERGED).contains(&size)));
        }
    }

    #[test]
    fn a_coarser_level_has_the_same_total_weight_mass_and_blocks() {
        let fine = level(5000, (0..20_000u32).map(|i| (i * 7919 % 5000, i * i % 4999)));
        let (group, groups) = fine.group_nodes();
        let coarse = fine.coarser(&group, groups);
        let sum = |values: &[f32]| values.iter().map(|&value| f64::from(value)).sum::<f64>();
        assert!((sum(&fine.graph.weights) - sum(&coarse.graph.weights)).abs() < 1e-6);
        assert!((sum(&fine.mass) - sum(&coarse.mass)).abs() < 1e-6);
        assert!((coarse.blocks.iter().sum::<f64>() - 5000.0).abs() < 1e-6);
        for node in 0..coarse.len() {
            let row: f32 = coarse.graph.row(node).map(|(_, weight)| weight).sum();
            assert!((row - coarse.mass[node]).abs() < 1e-3, "the mass of a group is the sum of its row");
        }
    }
}
