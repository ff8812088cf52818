//! Calls as sources: panels of observers show what the table says, for every protection and media.

use afterimage::call::{CallSource, Observer, Sight, TableChoice, VideoVerdict, table};
use afterimage::leak::Finding;
use afterimage::media::rtp::CallMedia;
use afterimage::payload::Target;
use afterimage::scene::{Panel, Scene, named_source};
use afterimage::wire::protection::Protection;

use crate::folder::Folder;
use crate::program::shell;
use crate::sheets;

/// A call of two seconds.
fn scene(media: CallMedia, protection: Protection, options: &str) -> Scene {
    let parties = "party.ada=pattern:moving-box@160x96,party.bo=pattern:bars@96x64,party.cy=demo:still";
    let text = format!("call:media={media},protection={protection},seconds=2,{options}{parties}");
    let source = named_source(&text).expect("a call");
    Scene { target: Target::Packets, panels: Panel::of_call(media), ..Scene::of(source) }
}

#[test]
fn the_panel_of_each_observer_is_what_the_table_says() {
    let mut verdicts = Vec::new();
    for media in CallMedia::ALL {
        for protection in Protection::ALL {
            for options in ["", "renew,waiting-room=fixed,"] {
                let scene = scene(media, protection, options);
                let call = CallSource::of(&scene.source).expect("a call");
                let choice = TableChoice {
                    protections: vec![protection],
                    media: vec![media],
                    observers: Observer::ALL.to_vec(),
                };
                let go_on = |_| std::ops::ControlFlow::Continue(());
                let rows = table(&call.call().settings, &choice, &go_on).expect("a table");
                assert_eq!(call.built().expect("a call").rows(), rows, "{scene:?}");
                // The last frame, when the last party has left.
                let last = if media == CallMedia::Raw { 19 } else { 59 };
                let sheet = sheets::sheet(&scene, last);
                let plain = sheet.panels[0].picture.as_ref().expect("a picture");
                for (row, panel) in rows.iter().zip(&sheet.panels[1..]) {
                    let picture = panel.picture.as_ref().expect("a picture");
                    let is_shown = picture.pixels() == plain.pixels();
                    let context = format!("{media} {protection} {options} {}", row.observer);
                    assert_eq!(is_shown, row.video == VideoVerdict::Picture, "{context}");
                    assert_eq!(panel.leakage.word == Some(Finding::Picture), is_shown, "{context}");
                    if row.video == VideoVerdict::Nothing {
                        assert!(panel.why_empty().is_some_and(|why| why.contains("no packet")), "{context}");
                        assert!(panel.wire.is_none() && panel.leakage.blocks == 0, "{context}");
                    }
                    if row.video == VideoVerdict::Outlines {
                        assert!(panel.leakage.repeated > panel.leakage.blocks / 50, "{context}");
                    }
                    if protection != Protection::OneKeyEcb && !is_shown {
                        assert_eq!(panel.leakage.repeated, 0, "{context}");
                    }
                    verdicts.push(row.video);
                }
            }
        }
    }
    for verdict in [VideoVerdict::Nothing, VideoVerdict::Sizes, VideoVerdict::Outlines, VideoVerdict::Picture]
    {
        assert!(verdicts.contains(&verdict), "{verdict}");
    }
}

#[test]
fn a_former_participant_loses_the_picture_when_keys_are_renewed() {
    for (options, after) in [("", Sight::Picture), ("renew,", Sight::Packets)] {
        let scene = scene(CallMedia::H264, Protection::OneKeyEcb, options);
        let built = CallSource::of(&scene.source).expect("a call").built().expect("a call");
        let sights = built.sights(Observer::Former);
        assert_eq!(sights.len(), 60);
        assert!(sights[..29].iter().all(|sight| *sight == Sight::Picture), "{options}");
        assert!(sights[31..].iter().all(|sight| *sight == after), "{options}");
    }
}

#[test]
fn commands_take_a_call_by_name_and_refuse_what_is_none() {
    let folder = Folder::new();
    let call = "call:media=raw,seconds=1";
    for (command, is_ok, said) in [
        (format!("figure {call} -o call.png"), true, ""),
        (format!("measure {call} own,observer=wire --format csv"), true, "repeats"),
        (format!("info {call}"), true, "640"),
        ("figure demo own,observer=wire -o x.png".into(), false, "observer= is for a call"),
        (format!("figure {call} aes-128-ecb,observer=wire -o x.png"), false, "for the scheme own"),
        (format!("figure {call} own,observer=nobody -o x.png"), false, "participant, wire"),
        ("figure call:media=vp8 -o x.png".into(), false, "h264, raw, mjpeg"),
        ("figure call:party.a=missing.mp4,party.b=demo -o x.png".into(), false, "missing.mp4"),
    ] {
        let output = shell(folder.root(), &format!("afterimage {command}"));
        let text = crate::outside::text(&output);
        assert_eq!(output.status.success(), is_ok, "{command}: {text}");
        assert!(text.contains(said), "{command}: {text}");
    }
    // A scene names the call as the command line does.
    let made = shell(folder.root(), &format!("afterimage figure {call} -o call.png --save-scene call.toml"));
    assert!(made.status.success(), "{}", crate::outside::text(&made));
    assert!(folder.read_text("call.toml").contains(&format!("source = \"{call}\"")));
    let again = shell(folder.root(), "afterimage figure call.toml -o again.png");
    assert!(again.status.success(), "{}", crate::outside::text(&again));
}
