//! A mesh that is made again only when what it shows has changed.

use std::sync::Arc;

use eframe::egui::{Mesh, Shape};

/// A mesh, and the inputs from which it was made.
#[derive(Debug)]
pub struct KeptMesh<K> {
    of: Option<K>,
    mesh: Arc<Mesh>,
}

impl<K> Default for KeptMesh<K> {
    fn default() -> Self {
        Self { of: None, mesh: Arc::default() }
    }
}

impl<K: PartialEq> KeptMesh<K> {
    /// The mesh for `key`, which `make` makes unless it is there.
    pub fn shape(&mut self, key: K, make: impl FnOnce() -> Mesh) -> Shape {
        if self.of.as_ref() != Some(&key) {
            self.of = Some(key);
            self.mesh = Arc::new(make());
        }
        Shape::Mesh(Arc::clone(&self.mesh))
    }
}
