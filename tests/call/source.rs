//! Calls as sources: panels of observers show what the table says, for every protection and media.

use afterimage::call::{
    COMPARED_MEDIA, CallSource, Link, MediaKind, Observer, START_NANOS, Sight, StreamId, TableChoice,
    VideoVerdict, table,
};
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
fn a_recording_has_the_packets_of_the_capture_on_every_link() {
    let go_on = |_| std::ops::ControlFlow::Continue(());
    for (protection, options) in [("one-key-ecb", ""), ("srtp", " --renew --leaves bo@0.4"), ("sframe", "")] {
        let folder = Folder::new();
        let parties =
            "--party ada=pattern:bars@64x48 --party bo=pattern:moving-box@64x48 --party cy=demo:still";
        let command =
            format!("afterimage call {parties} --seconds 1 --protection {protection}{options} -o call");
        let output = shell(folder.root(), &command);
        assert!(output.status.success(), "{}", crate::outside::text(&output));
        let captured = crate::capture::read(&folder, "call/call.pcapng");
        let fields = options.replace(" --renew --leaves bo@0.4", "renew,leaves=bo@0.4,");
        let parties = "party.ada=pattern:bars@64x48,party.bo=pattern:moving-box@64x48,party.cy=demo:still";
        let source = named_source(&format!("call:protection={protection},seconds=1,{fields}{parties}"));
        let source = source.expect("a call");
        let call = CallSource::of(&source).expect("a call");
        assert!(call.known_recording().is_none());
        let recording = call.recorded(&go_on).expect("a recording");
        assert!(call.known_recording().is_some());
        let mut recorded: Vec<_> = recording
            .links()
            .flat_map(|link| recording.on(link).iter().map(move |packet| (link, packet)))
            .collect();
        recorded.sort_by_key(|(link, packet)| (packet.time, *link, packet.stream));
        assert_eq!(recorded.len(), captured.len(), "{protection}");
        for ((link, recorded), captured) in recorded.iter().zip(&captured) {
            let ends = link.ends(recorded.stream);
            assert_eq!(ends.0.to_string(), captured.source);
            assert_eq!(ends.1.to_string(), captured.destination);
            assert_eq!(recorded.time + START_NANOS, captured.time);
            assert_eq!(recorded.size, captured.bytes.len());
            assert_eq!(*recorded.first, captured.bytes[..recorded.size.min(64)]);
        }
        let link = Link::up(0);
        let video = StreamId { party: 0, kind: MediaKind::Video };
        let over_time: u64 = recording.bytes_over_time(link, video, 100_000_000).iter().sum();
        let all: usize =
            recording.on(link).iter().filter(|packet| packet.stream == video).map(|packet| packet.size).sum();
        assert_eq!(over_time, all as u64);
    }
}

#[test]
fn the_comparison_of_the_window_is_the_table_of_the_command() {
    let go_on = |_| std::ops::ControlFlow::Continue(());
    let scene = scene(CallMedia::Mjpeg, Protection::Srtp, "renew,leaves=bo@0.5,");
    let call = CallSource::of(&scene.source).expect("a call");
    let choice = TableChoice { media: COMPARED_MEDIA.to_vec(), ..TableChoice::default() };
    let mut rows = table(&call.call().settings, &choice, &go_on).expect("a table");
    rows.sort_by_key(|row| COMPARED_MEDIA.iter().position(|media| *media == row.media));
    assert_eq!(*call.compared(&go_on).expect("a comparison"), rows);
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
