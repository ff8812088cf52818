//! The graph of block values that stand next to each other.

use super::names::NO_NODE;

/// A weighted undirected graph in compressed rows: each edge stands in the rows of both its ends.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Graph {
    /// Where each row begins, and where the last ends.
    pub offsets: Vec<u32>,
    /// The other ends, each once in a row.
    pub columns: Vec<u32>,
    /// The weight of each edge.
    pub weights: Vec<f32>,
}

/// An edge between two different nodes, the smaller in the high half, as [`Graph::of_pairs`] takes them.
/// `None` where an end is no node, and between a node and itself.
#[inline]
pub(super) fn pair(one: u32, other: u32) -> Option<u64> {
    (one != other && one != NO_NODE && other != NO_NODE)
        .then(|| u64::from(one.min(other)) << 32 | u64::from(one.max(other)))
}

impl Graph {
    /// Nodes of the graph.
    pub(super) fn len(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// The edges of a node: other end and weight.
    pub(super) fn row(&self, node: usize) -> impl Iterator<Item = (usize, f32)> {
        let range = self.offsets[node] as usize..self.offsets[node + 1] as usize;
        let columns = self.columns[range.clone()].iter().map(|&column| column as usize);
        columns.zip(self.weights[range].iter().copied())
    }

    /// How many edges a node has.
    pub(super) fn edges_of(&self, node: usize) -> u32 {
        self.offsets[node + 1] - self.offsets[node]
    }

    /// The graph of `nodes` nodes whose edges are `pairs`, each as heavy as it occurs often.
    pub(super) fn of_pairs(nodes: usize, pairs: &[Vec<u64>]) -> Self {
        // Sorted by counting the smaller ends; then each row keeps one entry of those that are equal.
        let lists = Lists::of(nodes, pairs.iter().flatten().map(|&pair| ((pair >> 32) as u32, pair as u32)));
        let mut upper = Self { offsets: vec![0], ..Self::default() };
        let mut entry = vec![u32::MAX; nodes];
        let mut row: Vec<(usize, f32)> = Vec::new();
        let mut degrees = vec![0u32; nodes + 1];
        for node in 0..nodes {
            row.clear();
            for &other in lists.of_node(node) {
                add(&mut row, &mut entry, other as usize, 1.0);
            }
            row.sort_unstable_by_key(|&(end, _)| end);
            degrees[node + 1] += row.len() as u32;
            for &(end, _) in &row {
                degrees[end + 1] += 1;
            }
            upper.push_row(&row);
        }
        let mut offsets = degrees;
        for node in 0..nodes {
            offsets[node + 1] += offsets[node];
        }
        let entries = offsets[nodes] as usize;
        let mut graph = Self { columns: vec![0; entries], weights: vec![0.0; entries], offsets };
        let mut next = graph.offsets.clone();
        // Each row is in order if all edges go first to the rows of their larger ends, then to the smaller.
        for larger_first in [true, false] {
            for small in 0..nodes {
                for (large, weight) in upper.row(small) {
                    let (node, other) = if larger_first { (large, small) } else { (small, large) };
                    let at = next[node] as usize;
                    graph.columns[at] = other as u32;
                    graph.weights[at] = weight;
                    next[node] += 1;
                }
            }
        }
        graph
    }

    /// This graph with the edges of another on the same nodes, as heavy as `share` says. They must have no
    /// edge in common.
    pub(super) fn with(&self, other: &Self, share: f32) -> Self {
        let mut graph = Self { offsets: vec![0], ..Self::default() };
        let mut row: Vec<(usize, f32)> = Vec::new();
        for node in 0..self.len() {
            row.clear();
            row.extend(self.row(node));
            row.extend(other.row(node).map(|(end, weight)| (end, weight * share)));
            row.sort_unstable_by_key(|&(end, _)| end);
            graph.push_row(&row);
        }
        graph
    }

    /// Adds the row of the next node.
    pub(super) fn push_row(&mut self, row: &[(usize, f32)]) {
        self.columns.extend(row.iter().map(|&(end, _)| end as u32));
        self.weights.extend(row.iter().map(|&(_, weight)| weight));
        self.offsets.push(self.columns.len() as u32);
    }

    /// The component of each node, numbered by their first nodes, and how many there are.
    pub(super) fn components(&self) -> (Vec<u32>, usize) {
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

    /// The part of the graph on the nodes that `kept` lists in ascending order, renumbered in that order.
    pub(super) fn induced(&self, kept: &[u32]) -> Self {
        let mut number = vec![NO_NODE; self.len()];
        for (new, &node) in (0u32..).zip(kept) {
            number[node as usize] = new;
        }
        let mut graph = Self { offsets: vec![0], ..Self::default() };
        let mut row: Vec<(usize, f32)> = Vec::new();
        for &node in kept {
            row.clear();
            let ends = self.row(node as usize).map(|(end, weight)| (number[end], weight));
            row.extend(ends.filter(|&(end, _)| end != NO_NODE).map(|(end, weight)| (end as usize, weight)));
            graph.push_row(&row);
        }
        graph
    }
}

/// Adds an edge to a row, or its weight where the row has one to this end. `entry` holds, for each end, where it
/// stands in the row if it does: what is left there of other rows is told from the end that stands there.
#[inline]
pub(super) fn add(row: &mut Vec<(usize, f32)>, entry: &mut [u32], end: usize, weight: f32) {
    if let Some((_, sum)) = row.get_mut(entry[end] as usize).filter(|(other, _)| *other == end) {
        *sum += weight;
    } else {
        entry[end] = row.len() as u32;
        row.push((end, weight));
    }
}

/// A list of nodes for each node.
pub(super) struct Lists {
    offsets: Vec<u32>,
    items: Vec<u32>,
}

impl Lists {
    /// The second of each pair in the list of the first, in their order.
    pub(super) fn of(nodes: usize, pairs: impl Iterator<Item = (u32, u32)> + Clone) -> Self {
        let mut offsets = vec![0u32; nodes + 1];
        for (node, _) in pairs.clone() {
            offsets[node as usize + 1] += 1;
        }
        for node in 0..nodes {
            offsets[node + 1] += offsets[node];
        }
        let mut next = offsets.clone();
        let mut items = vec![0; offsets[nodes] as usize];
        for (node, item) in pairs {
            let next = &mut next[node as usize];
            items[*next as usize] = item;
            *next += 1;
        }
        Self { offsets, items }
    }

    /// The list of a node.
    pub(super) fn of_node(&self, node: usize) -> &[u32] {
        &self.items[self.offsets[node] as usize..self.offsets[node + 1] as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A path 0–1–2 with a double edge at its start, and an edge 3–4 apart from it.
    fn example() -> Graph {
        let pairs = [(1, 0), (2, 1), (0, 1), (3, 4)];
        Graph::of_pairs(5, &[pairs.iter().filter_map(|&(a, b)| pair(a, b)).collect()])
    }

    #[test]
    fn rows_are_sorted_and_hold_each_edge_from_both_ends() {
        let graph = example();
        let rows: Vec<Vec<_>> = (0..5).map(|node| graph.row(node).collect()).collect();
        let expected: [&[(usize, f32)]; 5] =
            [&[(1, 2.0)], &[(0, 2.0), (2, 1.0)], &[(1, 1.0)], &[(4, 1.0)], &[(3, 1.0)]];
        assert_eq!(rows, expected);
        assert_eq!(graph.edges_of(1), 2);
    }

    #[test]
    fn components_are_found_and_cut_out() {
        let graph = example();
        assert_eq!(graph.components(), (vec![0, 0, 0, 1, 1], 2));
        let part = graph.induced(&[3, 4]);
        assert_eq!(part.row(0).collect::<Vec<_>>(), [(1, 1.0)]);
        let bridge = Graph::of_pairs(5, &[pair(2, 3).into_iter().collect()]);
        let whole = graph.with(&bridge, 0.5);
        assert_eq!(whole.components().1, 1);
        assert_eq!(whole.row(3).collect::<Vec<_>>(), [(2, 0.5), (4, 1.0)]);
    }

    #[test]
    fn what_is_no_node_has_no_edge() {
        assert_eq!(pair(4, 4), None);
        assert_eq!(pair(4, NO_NODE), None);
        assert_eq!(pair(7, 4), pair(4, 7));
    }
}
