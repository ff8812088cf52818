//! Coarser graphs: nodes that are tied most strongly are joined, level by level, until few are left.

use rayon::prelude::*;

use super::Vectors;
use super::graph::Graph;
use super::tone_table::NO_NODE;

/// Nodes of a level that one node of the next may stand for.
const MOST_JOINED: u32 = 4;

/// Nodes with more edges than these come in the order of their numbers.
const MOST_EDGES_TOLD_APART: u32 = 1 << 10;

/// Nodes that one task works on.
const NODES_PER_TASK: usize = 2048;

/// A graph at one degree of coarseness.
pub(super) struct Level {
    /// Weights; from the second level on a node has an edge to itself, for what was joined in it.
    pub graph: Graph,
    /// The sum of the weights of each row.
    pub mass: Vec<f32>,
    /// Blocks of the prepared frames that each node stands for.
    pub blocks: Vec<f64>,
}

impl Level {
    /// The finest level.
    pub(super) fn new(graph: Graph, blocks: Vec<f64>) -> Self {
        // Hubs have so many edges that their sum needs double precision.
        let sum = |node| graph.row(node).map(|(_, weight)| f64::from(weight)).sum::<f64>() as f32;
        let mass = (0..graph.len()).into_par_iter().with_min_len(NODES_PER_TASK).map(sum).collect();
        Self { graph, mass, blocks }
    }

    /// Nodes of the level.
    pub(super) fn len(&self) -> usize {
        self.mass.len()
    }

    /// Joins nodes. Returns the group of each, and how many there are.
    ///
    /// Those with the fewest neighbours come first, since they have the least choice. Each joins the
    /// neighbour that gives it the largest share of its weight, and the group in which that is (heavy-edge
    /// matching, Karypis and Kumar 1998, with small groups instead of pairs). Where all neighbours' groups
    /// are full, as around a hub, it joins others who would have liked the same neighbour.
    pub(super) fn join(&self) -> (Vec<u32>, usize) {
        let order = self.by_edges();
        let mut group = vec![NO_NODE; self.len()];
        let mut waiting = vec![NO_NODE; self.len()];
        let mut members: Vec<u32> = Vec::new();
        for node in order.into_iter().map(|node| node as usize) {
            if group[node] != NO_NODE {
                continue;
            }
            let (mut best, mut favourite) = ((0.0, NO_NODE), (0.0, NO_NODE));
            for (other, weight) in self.graph.row(node).filter(|&(other, _)| other != node) {
                let tie = weight / self.mass[other];
                let has_room = || group[other] == NO_NODE || members[group[other] as usize] < MOST_JOINED;
                if tie > best.0 && has_room() {
                    best = (tie, other as u32);
                }
                if tie > favourite.0 {
                    favourite = (tie, other as u32);
                }
            }
            let (place, partner) = match (best.1, favourite.1) {
                (NO_NODE, NO_NODE) => (NO_NODE, None),
                (NO_NODE, favourite) => (waiting[favourite as usize], None),
                (best, _) => (group[best as usize], Some(best as usize)),
            };
            if place != NO_NODE && members[place as usize] < MOST_JOINED {
                group[node] = place;
                members[place as usize] += 1;
                continue;
            }
            let new = members.len() as u32;
            group[node] = new;
            members.push(1);
            if let Some(partner) = partner {
                group[partner] = new;
                members[new as usize] += 1;
            } else if favourite.1 != NO_NODE {
                waiting[favourite.1 as usize] = new;
            }
        }
        (group, members.len())
    }

    /// The nodes, those with the fewest edges first; those with many in their order.
    fn by_edges(&self) -> Vec<u32> {
        let most = MOST_EDGES_TOLD_APART;
        let edges: Vec<u32> = (0..self.len()).map(|node| self.graph.edges_of(node).min(most)).collect();
        members(&edges, most as usize + 1).1
    }

    /// The level of these groups: weights, masses and blocks add up.
    pub(super) fn coarser(&self, group: &[u32], groups: usize) -> Self {
        let (offsets, nodes) = members(group, groups);
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

    /// Moves every node half the way to the mean of its neighbours, `steps` times: a few steps of a lazy
    /// random walk, which tell apart the nodes that a coarser level held for one.
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

/// The nodes of each group, one group after the other, and where each begins.
fn members(group: &[u32], groups: usize) -> (Vec<u32>, Vec<u32>) {
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
    fn every_graph_shrinks_even_a_star() {
        let path = level(1000, (0..999).map(|i| (i, i + 1)));
        let star = level(1000, (1..1000).map(|i| (0, i)));
        for level in [path, star] {
            let (group, groups) = level.join();
            assert!(groups * 3 <= 1000 * 2, "{groups} groups");
            let mut sizes = vec![0; groups];
            for group in group {
                sizes[group as usize] += 1;
            }
            assert!(sizes.iter().all(|&size| (1..=MOST_JOINED).contains(&size)));
        }
    }

    #[test]
    fn nothing_is_lost_on_the_way_up() {
        let fine = level(5000, (0..20_000u32).map(|i| (i * 7919 % 5000, i * i % 4999)));
        let (group, groups) = fine.join();
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
