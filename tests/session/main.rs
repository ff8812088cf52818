//! A session under seeks, closings and errors, with made-up films.
//!
//! Nothing here sleeps: a test waits for the session's wake-up or for the time that the session names, and a
//! decoder is held at a gate. Every test has a watchdog.

mod backwards;
mod film;
mod preparing;

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::sync::Arc;

use afterimage::frame::Shape;
use afterimage::layout::Layout;
use afterimage::pipeline::{
    Command, Knowledge, Opener as _, Parts, Recent, Renderer, Request, Sheet, knowledge,
};
use afterimage::pool::Pool;
use afterimage::units::FrameIndex;

use film::{Archive, Call, Film, Projector, scene, without_deadlock};

fn seek(frame: u64) -> Command {
    Command::Seek(FrameIndex(frame))
}

/// Frames that six of fill the queue: 16 MB each.
fn wide_film(frames: u64) -> Film {
    Film { shape: Shape::new(2048, 2048), ..Film::of(frames) }
}

/// Fails unless a sheet is what the pure renderer makes of its frame, those before that it needs, and what
/// its panels know from elsewhere, unless they are still pending.
fn assert_pure(sheet: &Sheet, film: &Film, scene: &afterimage::scene::Scene) {
    let n = sheet.frame.index.0;
    let mut recent = Recent::default();
    let needed = scene.frames_needed();
    for n in (n + 1).saturating_sub(needed as u64)..=n {
        recent.push(Arc::new(film.frame(scene.layout, n)), needed);
    }
    let mut renderer = Renderer::new(scene, &Pool::default()).expect("a good key");
    let mut knowledge = Knowledge::default();
    for request in Request::all(scene, FrameIndex(n)) {
        if sheet.panels.iter().all(|panel| panel.pending != Some(request)) {
            let archive = Archive::of(&[(&scene.source.to_string(), film)]);
            let mut reader = archive.open(&scene.source, scene.layout).expect("a film");
            let mut go_on = |_| ControlFlow::Continue(());
            let known = knowledge::prepare(request, scene, &mut *reader, &Pool::default(), &mut go_on);
            knowledge.insert(request, Ok(known.expect("it can be prepared")));
        }
    }
    let expected = renderer.render(&recent, &knowledge, Parts::PICTURES).expect("a frame");
    assert_eq!(sheet.panels.len(), expected.panels.len());
    for (panel, expected) in sheet.panels.iter().zip(&expected.panels) {
        assert_eq!((panel.panel, panel.leakage), (expected.panel, expected.leakage), "frame {n}");
        let pixels =
            |it: &afterimage::pipeline::RenderedPanel| it.picture.as_ref().expect("a picture").to_rgba();
        assert!(pixels(panel) == pixels(expected), "frame {n}, {}", panel.panel);
    }
}

// --- Showing -----------------------------------------------------------------------------------------

#[test]
fn it_starts_paused_at_frame_0() {
    without_deadlock(|| {
        let archive = Archive::of(&[("film", &Film::of(9))]);
        let mut window = Projector::start(scene("film"), &archive);
        window.until_shown(0);
        let status = window.session.status();
        assert!(!status.playing && status.error.is_none());
        assert_eq!(status.shown, Some((FrameIndex(0), 0.0)));
        assert_eq!(status.info.expect("it is open").source, "film");
        window.session.join();
    });
}

#[test]
fn playing_goes_forward_and_ends_paused_at_the_last_frame() {
    without_deadlock(|| {
        let film = Film { frame_secs: 0.002, ..Film::of(60) };
        let archive = Archive::of(&[("film", &film)]);
        let mut window = Projector::start(scene("film"), &archive);
        window.send(Command::SetLooped(false));
        window.send(Command::Play);
        window.until("ended", |it| it.frame() == Some(59) && !it.session.status().playing);
        assert!(window.frames().is_sorted_by(|one, next| one < next), "{:?}", window.frames());
        for sheet in &window.sheets {
            assert_pure(sheet, &film, &scene("film"));
        }
        // And from the start, when asked again.
        window.send(Command::Play);
        window.until("started again", |it| it.frame().is_some_and(|frame| frame < 59));
        window.session.join();
    });
}

#[test]
fn a_loop_goes_back_to_the_start_and_frame_0_has_no_frame_before_it() {
    without_deadlock(|| {
        let film = Film { frame_secs: 0.004, ..Film::of(12) };
        let archive = Archive::of(&[("film", &film)]);
        let mut window = Projector::start(scene("film"), &archive);
        window.send(Command::Play);
        window.until("come round three times", |it| {
            it.frames().windows(2).filter(|pair| pair[1] < pair[0]).count() >= 3
        });
        assert!(window.session.status().playing);
        for sheet in &window.sheets {
            assert_pure(sheet, &film, &scene("film"));
        }
        window.session.join();
    });
}

#[test]
fn a_still_does_not_loop() {
    without_deadlock(|| {
        let archive = Archive::of(&[("still", &Film::of(1))]);
        let mut window = Projector::start(scene("still"), &archive);
        window.until_shown(0);
        window.send(Command::Play);
        window.until("paused", |it| !it.session.status().playing);
        assert!(archive.decoded() <= 4, "{:?}", archive.calls());
        window.session.join();
    });
}

// --- Seeking and stepping ----------------------------------------------------------------------------

#[test]
fn a_seek_shows_that_very_frame_with_the_numbers_of_playing_to_it() {
    without_deadlock(|| {
        let film = Film::of(100);
        let archive = Archive::of(&[("film", &film)]);
        let mut window = Projector::start(scene("film"), &archive);
        for frame in [37, 36, 99, 0, 98, 1, 50] {
            window.send(seek(frame));
            window.until_shown(frame);
            assert_pure(window.sheets.last().expect("a sheet"), &film, &scene("film"));
        }
        window.send(Command::SeekTime(0.67));
        window.until_shown(33);
        window.session.join();
    });
}

#[test]
fn past_the_end_is_the_last_frame_with_its_own_numbers() {
    without_deadlock(|| {
        let film = Film::of(10);
        for asked in [10, 11, 1000, u64::MAX] {
            let archive = Archive::of(&[("film", &film)]);
            let mut window = Projector::start(scene("film"), &archive);
            window.until_shown(0);
            window.send(seek(asked));
            window.until_shown(9);
            assert_pure(window.sheets.last().expect("a sheet"), &film, &scene("film"));
            window.session.join();
        }
    });
}

#[test]
fn a_seek_works_without_an_index() {
    without_deadlock(|| {
        let film = Film { unindexable: true, ..Film::of(30) };
        let archive = Archive::of(&[("film", &film)]);
        let mut window = Projector::start(scene("film"), &archive);
        window.send(seek(20));
        window.until_shown(20);
        assert_pure(window.sheets.last().expect("a sheet"), &film, &scene("film"));
        window.session.join();
    });
}

#[test]
fn steps_lead_to_exactly_the_next_frame_and_the_one_before() {
    without_deadlock(|| {
        let film = Film::of(100);
        let archive = Archive::of(&[("film", &film)]);
        let mut window = Projector::start(scene("film"), &archive);
        window.send(seek(50));
        window.until_shown(50);
        for (command, frame) in [
            (Command::StepForward, 51),
            (Command::StepForward, 52),
            (Command::StepBack, 51),
            (Command::StepBack, 50),
            (Command::StepForward, 51),
        ] {
            window.send(command);
            window.until_shown(frame);
            assert_pure(window.sheets.last().expect("a sheet"), &film, &scene("film"));
        }
        // Commands that follow each other faster than frames come.
        for (commands, frame) in [
            (vec![Command::StepForward; 5], 56),
            (vec![Command::StepBack; 5], 51),
            (vec![Command::StepForward, Command::StepForward, Command::StepBack], 52),
            (vec![seek(70), Command::StepForward], 71),
            (vec![seek(70), Command::StepBack, Command::StepBack], 68),
            (vec![seek(0), Command::StepBack], 0),
        ] {
            for command in commands {
                window.send(command);
            }
            window.until_shown(frame);
        }
        window.session.join();
    });
}

#[test]
fn a_step_while_playing_pauses_at_the_next_frame() {
    without_deadlock(|| {
        let film = Film { frame_secs: 0.001, ..Film::of(5000) };
        let archive = Archive::of(&[("film", &film)]);
        let mut window = Projector::start(scene("film"), &archive);
        for _ in 0..5 {
            window.send(Command::Play);
            let before = window.sheets.len();
            window.until("played", |it| it.sheets.len() > before + 3);
            let held = window.frame().expect("a frame");
            window.send(Command::StepForward);
            window.until_shown(held + 1);
            assert!(!window.session.status().playing);
        }
        window.session.join();
    });
}

#[test]
fn seeks_that_come_faster_than_frames_coalesce() {
    without_deadlock(|| {
        let film = Film::of(200);
        let archive = Archive::of(&[("film", &film)]);
        let mut window = Projector::start(scene("film"), &archive);
        window.until_shown(0);
        window.until("indexed", |it| it.session.status().index.is_some());
        film.at_frame.close();
        window.send(seek(3));
        film.at_frame.holds();
        let before = archive.sought();
        (10..150).for_each(|frame| window.send(seek(frame)));
        film.at_frame.open();
        window.until_shown(149);
        assert!(archive.sought() - before <= 2, "{:?}", archive.calls());
        assert!(!window.frames().iter().any(|frame| (10..149).contains(frame)), "{:?}", window.frames());
        window.session.join();
    });
}

#[test]
fn a_seek_reaches_a_decoder_that_waits_for_room() {
    without_deadlock(|| {
        let archive = Archive::of(&[("film", &wide_film(1000))]);
        let mut window = Projector::start(scene("film"), &archive);
        window.until_shown(0);
        // The source is opened and sought in; one frame is held, three fill the queue, and there is no room for
        // another.
        window.until("indexed", |it| it.session.status().index.is_some());
        archive.await_calls(|calls| calls.len() >= 6);
        for frame in [500, 2, 900] {
            window.send(seek(frame));
            window.until_shown(frame);
        }
        assert!(archive.decoded() < 60, "decoding runs ahead without a bound: {}", archive.decoded());
        window.session.join();
    });
}

// --- Scenes ------------------------------------------------------------------------------------------

#[test]
fn another_scene_while_paused_is_rendered_from_the_held_frame_without_decoding() {
    without_deadlock(|| {
        let film = Film::of(3);
        let archive = Archive::of(&[("film", &film)]);
        let mut window = Projector::start(scene("film"), &archive);
        window.send(seek(1));
        window.until_shown(1);
        // Decoding goes on to the end of the film: then there is nothing left to decode.
        archive.await_calls(|calls| calls.last() == Some(&Call::Next(3)));
        let decoded = archive.decoded();
        let mut other = scene("film");
        other.panels.push("aes-256-ctr".parse().expect("a panel"));
        other.key = "ff".repeat(64).parse().expect("a key");
        window.send(Command::SetScene(other.clone()));
        window.until("shown the other scene", |it| {
            it.sheets.last().is_some_and(|sheet| sheet.panels.len() == other.panels.len())
        });
        assert_eq!(window.frame(), Some(1));
        assert_pure(window.sheets.last().expect("a sheet"), &film, &other);
        assert_eq!(archive.decoded(), decoded);
        // What was rendered ahead is in the new scene too.
        window.send(Command::StepForward);
        window.until_shown(2);
        assert_pure(window.sheets.last().expect("a sheet"), &film, &other);
        window.session.join();
    });
}

#[test]
fn a_memory_reaches_back_however_a_frame_is_reached() {
    without_deadlock(|| {
        let film = Film::of(40);
        let archive = Archive::of(&[("film", &film)]);
        let panels = ["plain", "aes-128-ecb:repeats", "aes-128-ecb:motion", "aes-128-ecb:outline"];
        let remembering = |memory: u32| afterimage::scene::Scene {
            panels: panels.map(|panel| panel.parse().expect("a panel")).into(),
            memory: memory.try_into().expect("not 0"),
            ..scene("film")
        };
        let mut window = Projector::start(remembering(5), &archive);
        window.until_shown(0);
        for (command, frame) in [
            (seek(20), 20),
            (Command::StepForward, 21),
            (Command::StepBack, 20),
            (seek(2), 2),
            (seek(39), 39),
        ] {
            window.send(command);
            window.until_shown(frame);
            assert_pure(window.sheets.last().expect("a sheet"), &film, &remembering(5));
        }
        // A longer memory needs frames that are not held; a shorter one does not keep more than it needs.
        for memory in [9, 2, 1, 4] {
            let shown = window.sheets.len();
            window.send(Command::SetScene(remembering(memory)));
            window.until("shown with another memory", |it| it.sheets.len() > shown);
            assert_eq!(window.frame(), Some(39));
            assert_pure(window.sheets.last().expect("a sheet"), &film, &remembering(memory));
        }
        window.session.join();
    });
}

#[test]
fn another_layout_keeps_the_frame() {
    without_deadlock(|| {
        let film = Film::of(100);
        let archive = Archive::of(&[("film", &film)]);
        let mut window = Projector::start(scene("film"), &archive);
        window.send(seek(42));
        window.until_shown(42);
        for layout in Layout::ALL.into_iter().rev() {
            let other = afterimage::scene::Scene { layout, ..scene("film") };
            window.send(Command::SetScene(other.clone()));
            window.until("shown in the other layout", |it| {
                it.sheets.last().is_some_and(|sheet| sheet.frame.layout == layout)
            });
            assert_eq!(window.frame(), Some(42));
            assert_pure(window.sheets.last().expect("a sheet"), &film, &other);
        }
        window.session.join();
    });
}

#[test]
fn another_layout_right_after_a_seek_keeps_the_frame_sought() {
    without_deadlock(|| {
        let film = Film::of(100);
        let archive = Archive::of(&[("film", &film)]);
        let mut window = Projector::start(scene("film"), &archive);
        window.until_shown(0);
        for (command, frame) in [(seek(30), 30), (Command::SeekTime(1.0), 50)] {
            window.send(command);
            for layout in [Layout::GRAY8, Layout::RGB24] {
                window.send(Command::SetScene(afterimage::scene::Scene { layout, ..scene("film") }));
            }
            window.until_shown(frame);
            window.until("shown in the other layout", |it| {
                it.sheets.last().is_some_and(|sheet| sheet.frame.layout == Layout::RGB24)
            });
            assert_eq!(window.frame(), Some(frame));
        }
        window.session.join();
    });
}

#[test]
fn scenes_that_change_while_playing_are_all_pure_and_the_last_one_stays() {
    without_deadlock(|| {
        let film = Film { frame_secs: 0.002, ..Film::of(400) };
        let archive = Archive::of(&[("film", &film)]);
        let scenes = ["00", "11", "22", "33"].map(|key| afterimage::scene::Scene {
            key: key.repeat(32).parse().expect("a key"),
            ..scene("film")
        });
        let mut window = Projector::start(scenes[0].clone(), &archive);
        window.send(Command::Play);
        for scene in scenes.iter().cycle().take(40) {
            window.send(Command::SetScene(scene.clone()));
            let before = window.sheets.len();
            window.until("shown something", |it| it.sheets.len() > before);
        }
        window.send(Command::Pause);
        window.send(Command::SetScene(scenes[2].clone()));
        window.send(seek(7));
        window.until_shown(7);
        assert_pure(window.sheets.last().expect("a sheet"), &film, &scenes[2]);
        window.session.join();
    });
}

// --- Errors ------------------------------------------------------------------------------------------

#[test]
fn a_source_that_cannot_be_opened_is_reported_and_another_one_then_works() {
    without_deadlock(|| {
        let bad = Film { unreadable: true, ..Film::of(5) };
        let archive = Archive::of(&[("bad", &bad), ("good", &Film::of(5))]);
        let mut window = Projector::start(scene("bad"), &archive);
        window.until("reported", |it| it.session.status().error.is_some());
        let status = window.session.status();
        assert!(!status.loading && !status.playing, "{status:?}");
        assert!(status.error.is_some_and(|error| error.contains("bad")));
        // Asking for more of it changes nothing, and the reason stays to be read.
        for command in [Command::Play, seek(3), Command::StepForward, Command::StepBack] {
            window.send(command);
            window.until("given up", |it| {
                let status = it.session.status();
                !status.loading && !status.playing
            });
            assert!(window.session.status().error.is_some());
        }
        let mut other = scene("bad");
        other.panels.pop();
        window.send(Command::SetScene(other));
        assert!(window.session.status().error.is_some(), "another panel does not open the source");
        window.send(Command::SetScene(scene("good")));
        window.until_shown(0);
        assert_eq!(window.session.status().error, None);
        window.session.join();
    });
}

#[test]
fn a_source_that_breaks_off_is_shown_so_far_and_reported() {
    without_deadlock(|| {
        let film = Film { frame_secs: 0.002, torn_at: Some(20), ..Film::of(50) };
        let archive = Archive::of(&[("film", &film), ("good", &Film::of(5))]);
        let mut window = Projector::start(scene("film"), &archive);
        window.send(Command::Play);
        window.until("stopped", |it| {
            let status = it.session.status();
            status.error.is_some() && !status.playing
        });
        assert!(window.session.status().error.is_some_and(|error| error.contains("torn")));
        assert_eq!(window.frame(), Some(19), "what could be read was shown");
        // Before the tear, all is well.
        window.send(seek(10));
        window.until_shown(10);
        assert_pure(window.sheets.last().expect("a sheet"), &film, &scene("film"));
        window.send(Command::SetScene(scene("good")));
        window.until("shown the other", |it| {
            it.session.status().info.is_some_and(|info| info.source == "good")
                && it.frame() == Some(0)
                && !it.session.status().loading
        });
        assert_eq!(window.session.status().error, None);
        window.session.join();
    });
}

#[test]
fn an_error_of_a_source_that_was_left_does_not_hit_the_new_one() {
    without_deadlock(|| {
        let torn = Film { torn_at: Some(1), ..Film::of(5) };
        let film = Film { frame_secs: 0.002, ..Film::of(5) };
        let archive = Archive::of(&[("torn", &torn), ("good", &film)]);
        torn.at_frame.close();
        let mut window = Projector::start(scene("torn"), &archive);
        torn.at_frame.holds();
        window.send(Command::SetScene(scene("good")));
        window.send(Command::Play);
        torn.at_frame.open();
        // It plays, and it loops: nothing of the other source's end has come over.
        window.until("looped", |it| it.frames().windows(2).any(|pair| pair[1] < pair[0]));
        assert_eq!(window.session.status().error, None);
        window.session.join();
    });
}

#[test]
fn a_key_that_is_too_short_is_reported_and_a_longer_one_goes_on() {
    without_deadlock(|| {
        let film = Film::of(100);
        let archive = Archive::of(&[("film", &film)]);
        let short = afterimage::scene::Scene { key: "00".parse().expect("a key"), ..scene("film") };
        let mut window = Projector::start(short.clone(), &archive);
        window.until("reported", |it| it.session.status().error.is_some());
        assert!(window.session.status().error.is_some_and(|error| error.contains("16 bytes")));
        assert!(!window.session.status().loading);
        window.send(Command::SetScene(scene("film")));
        window.until_shown(0);
        assert_eq!(window.session.status().error, None);

        // While playing: no sheet of another scene than the one set, and then on from where it stood.
        window.send(Command::Play);
        window.until("played", |it| it.frame().is_some_and(|frame| frame >= 3));
        window.send(Command::SetScene(short.clone()));
        window.until("reported", |it| it.session.status().error.is_some());
        window.send(Command::Reload);
        window.until("reported once more", |it| it.session.status().error.is_some());
        window.send(Command::SetScene(scene("film")));
        let before = window.sheets.len();
        window.until("gone on", |it| it.sheets.len() > before + 3);
        assert!(window.session.status().playing);
        assert_eq!(window.session.status().error, None);

        // A good key that follows at once leaves no error behind.
        window.send(Command::Pause);
        for _ in 0..50 {
            window.send(Command::SetScene(short.clone()));
            window.send(Command::SetScene(scene("film")));
            window.send(seek(5));
            window.until_shown(5);
            assert_eq!(window.session.status().error, None);
        }
        window.session.join();
    });
}

#[test]
fn what_could_not_be_decoded_is_told() {
    without_deadlock(|| {
        let film = Film { scratched_at: Some(2), ..Film::of(5) };
        let archive = Archive::of(&[("film", &film)]);
        let mut window = Projector::start(scene("film"), &archive);
        window.until("told", |it| !it.session.status().problems.is_empty());
        assert_eq!(window.session.status().problems, ["frame 2 is scratched"]);
        window.session.join();
    });
}

// --- Ending ------------------------------------------------------------------------------------------

#[test]
fn a_session_dropped_while_its_decoder_waits_for_room_ends() {
    without_deadlock(|| {
        let archive = Archive::of(&[("film", &wide_film(1000))]);
        let mut window = Projector::start(scene("film"), &archive);
        window.until_shown(0);
        archive.await_calls(|calls| calls.len() >= 6);
        window.drop_and_wait(|| ());
    });
}

#[test]
fn a_session_dropped_while_it_decodes_ends_with_that_frame() {
    without_deadlock(|| {
        let film = Film::of(1000);
        let archive = Archive::of(&[("film", &film)]);
        film.at_frame.close();
        let window = Projector::start(scene("film"), &archive);
        film.at_frame.holds();
        window.drop_and_wait(|| film.at_frame.open());
        assert_eq!(archive.decoded(), 1);
    });
}

#[test]
fn a_session_dropped_while_it_opens_a_source_ends() {
    without_deadlock(|| {
        let film = Film::of(1000);
        let archive = Archive::of(&[("film", &film)]);
        film.at_open.close();
        let window = Projector::start(scene("film"), &archive);
        film.at_open.holds();
        window.drop_and_wait(|| film.at_open.open());
        assert_eq!(archive.decoded(), 0);
    });
}

#[test]
fn a_session_dropped_while_it_plays_ends() {
    without_deadlock(|| {
        let film = Film { frame_secs: 0.001, ..Film::of(100) };
        let archive = Archive::of(&[("film", &film)]);
        for shown in 0..10 {
            let mut window = Projector::start(scene("film"), &archive);
            window.send(Command::Play);
            window.until("played", |it| it.sheets.len() >= shown);
            window.drop_and_wait(|| ());
        }
    });
}

#[test]
fn commands_in_any_order_leave_a_session_that_still_obeys() {
    without_deadlock(|| {
        let (long, short) = (Film { frame_secs: 0.001, ..Film::of(300) }, Film::of(2));
        let torn = Film { torn_at: Some(4), ..Film::of(9) };
        let archive = Archive::of(&[("long", &long), ("short", &short), ("torn", &torn)]);
        let mut window = Projector::start(scene("long"), &archive);
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        let mut seen = HashSet::new();
        for _ in 0..600 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let names = ["long", "long", "long", "short", "torn", "none"];
            let gray = |name| afterimage::scene::Scene { layout: Layout::GRAY8, ..scene(name) };
            let name = names[(state >> 32) as usize % names.len()];
            let command = match state % 13 {
                0 | 1 => Command::Play,
                2 => Command::Pause,
                3 | 4 => seek(state >> 8 & 511),
                5 => Command::SeekTime((state >> 8 & 511) as f64 / 1000.0),
                6 => Command::StepForward,
                7 => Command::StepBack,
                8 => Command::SetSpeed(0.5 + (state >> 8 & 3) as f64),
                9 => Command::SetLooped(state & 256 == 0),
                10 => Command::SetScene(scene(name)),
                11 => Command::SetScene(gray(name)),
                _ => Command::Reload,
            };
            seen.insert(std::mem::discriminant(&command));
            window.send(command);
            let shown = window.session.shown(std::time::Instant::now());
            window.sheets.extend(shown.sheet);
        }
        assert!(seen.len() >= 10);
        window.send(Command::SetScene(scene("short")));
        window.send(Command::SetScene(scene("long")));
        window.send(Command::Pause);
        window.send(seek(123));
        window.until_shown(123);
        assert_pure(window.sheets.last().expect("a sheet"), &long, &scene("long"));
        assert_eq!(window.session.status().error, None);
        window.drop_and_wait(|| ());
    });
}
