//! The render thread: encrypts, counts and draws.

use std::sync::Arc;
use std::time::Instant;

use super::messages::{Place, Ready, Render, Scheduled};
use super::session::Shared;
use crate::render::{Looked, Parts, Recent, Renderer, Sheet};
use crate::runtime::pool::Pool;
use crate::runtime::threads::{self, Panicked};
use crate::scene::Scene;
use crate::units::Generation;

/// Does what there is to do until the end of the session; `finish` makes of a sheet what the owner needs.
pub(super) fn render<T>(shared: &Shared<T>, pool: &Pool, finish: impl FnMut(Sheet) -> T) {
    let mut artist = Artist {
        shared,
        finish,
        renderer: None,
        version: 0,
        needed: 1,
        recent: Recent::default(),
        held: None,
        last: None,
    };
    while let Some(work) =
        shared.work(|board| board.next_render(artist.version, artist.renderer.is_some(), Instant::now()))
    {
        if let Err(panicked) = threads::catch(|| artist.carry_out(work, pool)) {
            artist.give_up(&panicked);
        }
    }
}

/// What the render thread holds.
struct Artist<'a, T, F> {
    shared: &'a Shared<T>,
    finish: F,
    /// That of the scene with this version; none where it could not be set up.
    renderer: Option<Renderer>,
    version: u64,
    /// The last frames, as many as the scene needs.
    recent: Recent,
    needed: usize,
    /// Drawn while the next frame is looked at, if there is one: either leaves cores idle that the other can use.
    held: Option<Held>,
    /// The sheet made last, to be finished again. Its buffers are free before the next one needs some.
    last: Option<Sheet>,
}

/// A frame that was looked at and is to be drawn.
struct Held {
    looked: Looked,
    place: Place,
    generation: Generation,
}

impl<T, F: FnMut(Sheet) -> T> Artist<'_, T, F> {
    fn carry_out(&mut self, work: Render, pool: &Pool) {
        if let Render::Next { item, late, after_gap, generation } = work {
            return self.go_on(&item, late, after_gap, generation);
        }
        self.draw_held();
        match work {
            Render::Scene(scene, version) => self.set_up(&scene, version, pool),
            Render::Again(place, generation) => self.render_again(place, generation),
            Render::Next { .. } | Render::Held => {}
        }
    }

    /// Lets go of a renderer that panicked. There is another one for the next scene.
    fn give_up(&mut self, panicked: &Panicked) {
        (self.renderer, self.held, self.last) = (None, None, None);
        let (version, error) = (self.version, panicked.to_string());
        self.shared.change(|board| board.fail_to_render(version, error, Instant::now()));
    }

    fn set_up(&mut self, scene: &Scene, version: u64, pool: &Pool) {
        self.version = version;
        self.last = None;
        self.needed = scene.frames_needed();
        let (renderer, error) = match Renderer::new(scene, pool) {
            Ok(renderer) => (Some(renderer), None),
            Err(error) => (None, Some(error.to_string())),
        };
        self.renderer = renderer;
        self.shared.change(|board| board.set_up(version, error, Instant::now()));
    }

    /// Looks at the next frame, unless it is too late, and draws the one before meanwhile.
    fn go_on(&mut self, item: &Scheduled, late: bool, after_gap: bool, generation: Generation) {
        for frame in item.before.iter().chain([&item.frame]) {
            self.recent.push(Arc::clone(frame), self.needed);
        }
        if late || !item.show {
            return self.deliver(None, generation);
        }
        let held = self.take_held();
        let Some(renderer) = &mut self.renderer else { return self.deliver(None, generation) };
        self.last = None;
        let (recent, due_secs) = (self.recent.clone(), item.due_secs);
        let looked = match held {
            None => renderer.look(&recent, Parts::PICTURES),
            Some(held) => {
                let knowledge = self.shared.board().knowledge();
                let (sheet, looked) = renderer.draw_and_look(held.looked, &knowledge, &recent);
                self.finish(sheet, held.place, held.generation);
                looked
            }
        };
        let place = Place { recent, due_secs, replaces: false, same_sheet: false, after_gap };
        match looked {
            Some(looked) => self.held = Some(Held { looked, place, generation }),
            None => self.deliver(None, generation),
        }
    }

    /// The frame that was looked at, unless another place was asked for meanwhile.
    fn take_held(&mut self) -> Option<Held> {
        let held = self.held.take()?;
        let is_wanted = self.shared.board().generation == held.generation;
        if !is_wanted {
            self.deliver(None, held.generation);
        }
        is_wanted.then_some(held)
    }

    /// Draws the frame that was looked at, if there is one.
    fn draw_held(&mut self) {
        let (Some(held), Some(renderer)) = (self.take_held(), &self.renderer) else { return };
        let knowledge = self.shared.board().knowledge();
        let sheet = renderer.draw(held.looked, &knowledge);
        self.finish(sheet, held.place, held.generation);
    }

    /// Renders frames again, or finishes their sheet again where it is the same.
    fn render_again(&mut self, place: Place, generation: Generation) {
        let is_same = |last: &Sheet| {
            place.same_sheet && place.recent.current().is_some_and(|frame| Arc::ptr_eq(frame, &last.frame))
        };
        let sheet = self.last.take().filter(is_same).or_else(|| {
            let knowledge = self.shared.board().knowledge();
            self.renderer.as_mut()?.render(&place.recent, &knowledge, Parts::PICTURES)
        });
        match sheet {
            Some(sheet) => self.finish(sheet, place, generation),
            None => self.deliver(None, generation),
        }
    }

    /// Makes of a sheet what the owner needs, and delivers it.
    fn finish(&mut self, sheet: Sheet, place: Place, generation: Generation) {
        self.last = Some(sheet.clone());
        let pending = sheet.panels.iter().filter_map(|panel| panel.pending).collect();
        let ready = Ready { sheet: (self.finish)(sheet), place, pending };
        self.deliver(Some(ready), generation);
    }

    /// Hands over what was made of a frame, or nothing where it was passed over.
    fn deliver(&self, made: Option<Ready<T>>, generation: Generation) {
        self.shared.change(|board| board.rendered(made, self.version, generation, Instant::now()));
    }
}
