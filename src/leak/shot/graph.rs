//! The graph of block values that are neighbours.

use rayon::prelude::*;

use super::value_table::NO_NODE;

/// Rows that one task fills.
const ROWS_PER_TASK: usize = 2048;

/// The bits above hold the class of a pair while it is sorted.
const CLASS_SHIFT: u32 = 29;

/// A weighted undirected graph in compressed rows: each edge is listed in the rows of both its ends.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::leak) struct Graph {
    /// The offset at which each row starts, and the end of the last row.
    pub offsets: Vec<u32>,
    /// The other end of each edge: each end once in a row, in the order in which they were added.
    pub columns: Vec<u32>,
    /// The weight of each edge.
    pub weights: Vec<f32>,
}

impl Graph {
    /// Nodes of the graph.
    pub(in crate::leak) fn len(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// The edges of a node, as other end and weight.
    pub(in crate::leak) fn row(&self, node: usize) -> impl Iterator<Item = (usize, f32)> {
        let range = self.offsets[node] as usize..self.offsets[node + 1] as usize;
        let columns = self.columns[range.clone()].iter().map(|&column| column as usize);
        columns.zip(self.weights[range].iter().copied())
    }

    /// How many edges a node has.
    pub(in crate::leak) fn edges_of(&self, node: usize) -> u32 {
        self.offsets[node + 1] - self.offsets[node]
    }

    /// The graph of `nodes` nodes with an edge for each pair; the two nodes of a pair differ. The weight of an edge is
    /// how often its pair occurs.
    pub(in crate::leak) fn of(nodes: usize, pairs: impl Iterator<Item = (u32, u32)> + Clone) -> Self {
        Self::of_classes(nodes, pairs.map(|(one, other)| (one, other, 0)), [1.0])
    }

    /// The graph of `nodes` nodes with an edge for each pair of nodes; each pair has a class, and the weight of an edge is
    /// the sum of the weights of the classes of its pairs. There are at most 8 classes, and 2^29 nodes.
    pub(in crate::leak) fn of_classes<const CLASSES: usize>(
        nodes: usize,
        pairs: impl Iterator<Item = (u32, u32, usize)> + Clone,
        weights: [f32; CLASSES],
    ) -> Self {
        const { assert!(CLASSES <= 1 << (u32::BITS - CLASS_SHIFT)) };
        // A counting sort; then each row merges equal entries.
        let mut starts = vec![0u32; nodes + 1];
        for (one, other, _) in pairs.clone() {
            starts[one as usize + 1] += 1;
            starts[other as usize + 1] += 1;
        }
        for node in 0..nodes {
            starts[node + 1] += starts[node];
        }
        let mut next = starts.clone();
        let mut ends = vec![0; starts[nodes] as usize];
        for (one, other, class) in pairs {
            for (node, end) in [(one, other), (other, one)] {
                let at = &mut next[node as usize];
                ends[*at as usize] = end | (class as u32) << CLASS_SHIFT;
                *at += 1;
            }
        }
        Self::by_rows(nodes, nodes, |node, row| {
            for &end in &ends[starts[node] as usize..starts[node + 1] as usize] {
                row.add(end & ((1 << CLASS_SHIFT) - 1), weights[(end >> CLASS_SHIFT) as usize]);
            }
        })
    }

    /// A graph of `nodes` rows, each filled by `fill`; the numbers of ends are below `ends`.
    pub(in crate::leak) fn by_rows(nodes: usize, ends: usize, fill: impl Fn(usize, &mut Row) + Sync) -> Self {
        let part = |row: &mut Row, task: usize| {
            let mut part = Self::default();
            for node in task * ROWS_PER_TASK..((task + 1) * ROWS_PER_TASK).min(nodes) {
                row.edges.clear();
                fill(node, row);
                part.columns.extend(row.edges.iter().map(|&(end, _)| end));
                part.weights.extend(row.edges.iter().map(|&(_, weight)| weight));
                part.offsets.push(part.columns.len() as u32);
            }
            part
        };
        let tasks = (0..nodes.div_ceil(ROWS_PER_TASK)).into_par_iter();
        let parts: Vec<Self> = tasks.map_init(|| Row::new(ends), part).collect();
        let mut graph = Self { offsets: vec![0], ..Self::default() };
        let edges = parts.iter().map(|part| part.columns.len()).sum();
        graph.columns.reserve_exact(edges);
        graph.weights.reserve_exact(edges);
        for part in parts {
            let before = graph.columns.len() as u32;
            graph.offsets.extend(part.offsets.iter().map(|offset| before + offset));
            graph.columns.extend(part.columns);
            graph.weights.extend(part.weights);
        }
        graph
    }

    /// This graph together with the edges of another on the same nodes, whose weights are multiplied by `share`.
    pub(in crate::leak) fn with(&self, other: &Self, share: f32) -> Self {
        Self::by_rows(self.len(), self.len(), |node, row| {
            self.row(node).for_each(|(end, weight)| row.add(end as u32, weight));
            other.row(node).for_each(|(end, weight)| row.add(end as u32, weight * share));
        })
    }

    /// The component of each node, numbered in the order of their first nodes, and the number of components.
    pub(in crate::leak) fn components(&self) -> (Vec<u32>, usize) {
        let mut component = vec![NO_NODE; self.len()];
        let mut components = 0;
        let mut open = Vec::new();
        for start in 0..self.len() {
            if component[start] != NO_NODE {
                continue;
            }
            component[start] = components;
            open.push(start);
            while let Some(node) = open.pop() {
                for (other, _) in self.row(node) {
                    if component[other] == NO_NODE {
                        component[other] = components;
                        open.push(other);
                    }
                }
            }
            components += 1;
        }
        (component, components as usize)
    }

    /// The part of the graph on the nodes in `kept`, which is ascending; they are renumbered in this order.
    pub(in crate::leak) fn induced(&self, kept: &[u32]) -> Self {
        let mut number = vec![NO_NODE; self.len()];
        for (new, &node) in (0u32..).zip(kept) {
            number[node as usize] = new;
        }
        let mut graph = Self { offsets: vec![0], ..Self::default() };
        for &node in kept {
            for (end, weight) in self.row(node as usize) {
                if number[end] != NO_NODE {
                    graph.columns.push(number[end]);
                    graph.weights.push(weight);
                }
            }
            graph.offsets.push(graph.columns.len() as u32);
        }
        graph
    }
}

/// The row of one node while it is filled.
pub(in crate::leak) struct Row {
    edges: Vec<(u32, f32)>,
    /// For each end, the index of its edge in the row. An entry may be left over from another row: it is valid if the
    /// edge at that index has this end.
    entry: Vec<u32>,
}

impl Row {
    fn new(ends: usize) -> Self {
        Self { edges: Vec::new(), entry: vec![u32::MAX; ends] }
    }

    /// Adds an edge, or adds its weight to the edge to the same end.
    #[inline]
    pub(in crate::leak) fn add(&mut self, end: u32, weight: f32) {
        let entry = &mut self.entry[end as usize];
        if let Some((_, sum)) = self.edges.get_mut(*entry as usize).filter(|(other, _)| *other == end) {
            *sum += weight;
        } else {
            *entry = self.edges.len() as u32;
            self.edges.push((end, weight));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A path 0–1–2 whose first edge occurs twice, and a separate edge 3–4.
    fn example() -> Graph {
        Graph::of(5, [(1, 0), (2, 1), (0, 1), (3, 4)].into_iter())
    }

    #[test]
    fn each_edge_is_listed_once_in_the_rows_of_both_ends() {
        let graph = example();
        let rows: Vec<Vec<_>> = (0..5).map(|node| graph.row(node).collect()).collect();
        let expected: [&[(usize, f32)]; 5] =
            [&[(1, 2.0)], &[(0, 2.0), (2, 1.0)], &[(1, 1.0)], &[(4, 1.0)], &[(3, 1.0)]];
        assert_eq!(rows, expected);
        assert_eq!(graph.edges_of(1), 2);
    }

    #[test]
    fn components_can_be_found_extracted_and_joined() {
        let graph = example();
        assert_eq!(graph.components(), (vec![0, 0, 0, 1, 1], 2));
        let part = graph.induced(&[3, 4]);
        assert_eq!(part.row(0).collect::<Vec<_>>(), [(1, 1.0)]);
        let bridge = Graph::of(5, [(2, 3)].into_iter());
        let whole = graph.with(&bridge, 0.5);
        assert_eq!(whole.components().1, 1);
        assert_eq!(whole.row(3).collect::<Vec<_>>(), [(4, 1.0), (2, 0.5)]);
    }
}
