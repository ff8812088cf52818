//! Help, versions, completions and manual pages.

use crate::ffmpeg::ffmpeg_that_may_fail;
use crate::folder::Folder;
use crate::program::{afterimage, json, refused, stdout};

#[test]
fn every_help_exits_with_0_and_explains_its_terms() {
    for args in [
        &["--help"][..],
        &["-h"],
        &["figure", "--help"],
        &["matrix", "--help"],
        &["measure", "--help"],
        &["encrypt", "--help"],
        &["help"],
        &["help", "measure"],
    ] {
        let help = afterimage(args).assert().code(0).stderr("").get_output().stdout.clone();
        let help = String::from_utf8(help).expect("text");
        assert!(help.contains("Examples:") && help.contains("SOURCE"), "{help}");
        assert!(help.lines().all(|line| line.chars().count() <= 100), "{help}");
    }
    let help = stdout(["help", "measure"]);
    assert_eq!(help, stdout(["measure", "--help"]));
    let numbers = json(["measure", "pattern:bars@32x16", "--frame", "0", "--format", "json"]);
    for name in numbers["frames"][0]["panels"][0].as_object().expect("numbers").keys() {
        assert!(help.contains(&format!("\n  {name} ")), "the help explains {name}: {help}");
    }
    assert!(refused(2, ["help", "meausre"]).contains("measure"));
}

#[test]
fn the_version_states_the_versions_of_the_libraries() {
    let shown = stdout(["--version"]);
    let program = String::from_utf8(ffmpeg_that_may_fail(["-version"]).stdout).expect("text");
    let release = program.split_whitespace().nth(2).expect("a version");
    assert!(
        shown.contains(env!("CARGO_PKG_VERSION")) && shown.contains(&format!("FFmpeg {release} ")),
        "{shown}"
    );
    for library in ["libavutil", "libavcodec", "libavformat", "libavfilter", "libswscale"] {
        let line = program.lines().find(|line| line.starts_with(library)).expect(library);
        // `libavutil      57. 28.100 / 57. 28.100`: the version at build time and the one in use.
        let version = line.rsplit('/').next().expect("a version").replace(' ', "");
        assert!(shown.contains(&format!("{library} {version}")), "{shown}: {line}");
    }
    let short = stdout(["-V"]);
    assert_eq!(short, format!("afterimage {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn ask_prints_the_commands_the_source_and_its_frame_for_scripts() {
    let asked = |args: &[&str]| stdout(["--ask"].iter().chain(args));
    let help = stdout(["--help"]);
    let commands = asked(&["commands"]);
    assert!(commands.lines().any(|name| name == "clip") && commands.lines().any(|name| name == "help"));
    for name in commands.lines() {
        assert!(help.contains(&format!("\n  {name} ")), "the help lists {name}: {help}");
        afterimage(["help", name]).assert().success();
    }
    assert_eq!(asked(&["source"]), "demo\n");
    assert_eq!(asked(&["frame"]), "45\n");
    assert_eq!(
        asked(&["source", "--layout", "gray8", "pattern:bars", "--panels", "plain"]),
        "pattern:bars\n"
    );
    let folder = Folder::new();
    let scene = folder.write("s.toml", "version = 1\nsource = \"demo\"\nframe = 7\npanels = [\"plain\"]\n");
    assert_eq!(asked(&["frame", &scene]), "7\n");
    refused(2, ["--ask", "source", "--layout", "cmyk"]);
    refused(1, ["--ask", "source", "missing.mp4"]);
}

/// All commands of the program except `help`.
fn commands() -> Vec<String> {
    let listed = stdout(["--ask", "commands"]);
    let commands: Vec<_> = listed.lines().filter(|name| *name != "help").map(str::to_owned).collect();
    assert!(commands.len() > 10, "{commands:?}");
    commands
}

#[test]
fn the_completions_of_every_shell_have_every_command_and_its_options() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = stdout(["completions", shell]);
        for name in commands().iter().map(String::as_str).chain(["posterize", "no-clobber"]) {
            assert!(script.contains(name), "{shell}: {name}");
        }
    }
    let message = refused(2, ["completions", "dsh"]);
    assert!(message.contains("bash") && message.contains("fish"), "{message}");
}

#[test]
fn there_is_a_manual_page_of_the_program_and_of_every_command() {
    let folder = Folder::new();
    let manual = folder.at("share/man1");
    assert!(stdout(["man", &manual]).is_empty());
    let mut pages: Vec<_> = commands().iter().map(|command| format!("afterimage-{command}.1")).collect();
    pages.push("afterimage.1".into());
    pages.sort();
    let manual = std::path::Path::new(&manual);
    let mut found: Vec<_> = std::fs::read_dir(manual)
        .expect("the folder of the pages")
        .map(|entry| entry.expect("a page").file_name().into_string().expect("UTF-8"))
        .collect();
    found.sort();
    assert_eq!(found, pages);
    for page in pages {
        let text = std::fs::read_to_string(manual.join(&page)).expect("a page");
        let name = page.trim_end_matches(".1");
        assert!(text.contains(&format!(".TH {name} 1")), "the heading of {page} has its name: {text}");
        assert!(text.contains(".SH SYNOPSIS") && text.contains(".SH OPTIONS"), "{page}");
    }
    let message = refused(1, ["man", manual.to_str().expect("UTF-8"), "--no-clobber"]);
    assert!(message.contains("exists already"), "{message}");
    let taken = folder.write("taken", "a file");
    assert!(refused(1, ["man", &taken]).contains(&taken), "a folder cannot replace a file");
}
