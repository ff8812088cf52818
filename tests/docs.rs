//! README and `docs/`: paragraphs are short, links work, and every number, option, lens, scheme and layout of the program is
//! explained.

#[path = "common/program.rs"]
mod program;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use program::{json, stdout};

/// The most characters in a line, and the most lines in a paragraph.
const MOST_COLUMNS: usize = 100;
const MOST_LINES: usize = 5;

/// The most bytes of a picture.
const MOST_PICTURE_BYTES: u64 = 300_000;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The text of a page. The path starts at the root of the repository.
fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The paths of README and of the pages in `docs/`, from the root of the repository.
fn pages() -> Vec<PathBuf> {
    let files = fs::read_dir(root().join("docs")).expect("the folder of the pages");
    let files = files.map(|file| Path::new("docs").join(file.expect("a file").file_name()));
    let mut pages: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect();
    pages.push("README.md".into());
    assert!(pages.len() > 5, "{pages:?}");
    pages
}

/// The lines of a page outside code blocks.
fn prose(text: &str) -> Vec<&str> {
    let mut is_code = false;
    let is_prose = |line: &&str| {
        let is_fence = line.starts_with("```");
        is_code ^= is_fence;
        !is_code && !is_fence
    };
    text.lines().filter(is_prose).collect()
}

/// The targets of all links and pictures of a page.
fn targets(text: &str) -> Vec<String> {
    let text = prose(text).join("\n");
    let starts = text.match_indices("](").map(|(at, _)| at + 2);
    starts.map(|at| text[at..].split(')').next().unwrap_or_default().to_owned()).collect()
}

/// A line without the targets of its links.
fn shown(line: &str) -> String {
    let mut parts = line.split("](");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |line, part| line + part.split_once(')').map_or("", |(_, rest)| rest))
}

/// The name of a heading in links.
fn anchor(heading: &str) -> String {
    let letters = heading.trim_start_matches('#').trim().to_lowercase();
    let letters = letters.chars().filter(|letter| letter.is_alphanumeric() || [' ', '-'].contains(letter));
    letters.map(|letter| if letter == ' ' { '-' } else { letter }).collect()
}

/// The paragraphs and list items outside tables that have more than five lines or a line of more than 100 characters.
fn too_long(text: &str) -> Vec<String> {
    let mut paragraphs: Vec<Vec<&str>> = vec![Vec::new()];
    for line in prose(text) {
        if line.is_empty() || line.starts_with(['|', '#', '-']) {
            paragraphs.push(Vec::new());
        }
        if let Some(paragraph) = paragraphs.last_mut()
            && !line.starts_with(['|', '#'])
            && !line.is_empty()
        {
            paragraph.push(line);
        }
    }
    let is_wide = |line: &&str| shown(line).chars().count() > MOST_COLUMNS;
    let is_too_long = |lines: &Vec<&str>| lines.len() > MOST_LINES || lines.iter().any(is_wide);
    paragraphs.into_iter().filter(is_too_long).map(|lines| lines.join("\n")).collect()
}

#[test]
fn paragraphs_and_lines_are_short() {
    for page in pages() {
        assert_eq!(too_long(&read(&page)), [""; 0], "{}", page.display());
    }
    let lines = |count: usize| vec!["word"; count].join("\n");
    assert_eq!(too_long(&lines(5)).len(), 0);
    assert_eq!(too_long(&lines(6)).len(), 1);
    assert_eq!(too_long(&["- item"; 6].join("\n")).len(), 0);
    assert_eq!(too_long(&format!("```\n{}\n```", lines(6))).len(), 0);
    assert_eq!(too_long(&"a".repeat(101)).len(), 1);
    assert_eq!(too_long(&format!("[page]({})", "a".repeat(101))).len(), 0);
}

#[test]
fn links_have_existing_targets() {
    for page in pages() {
        let folder = page.parent().expect("a folder");
        for target in targets(&read(&page)) {
            if target.starts_with("https://") {
                continue;
            }
            let (path, heading) = target.split_once('#').unwrap_or((&target, ""));
            let path = if path.is_empty() { page.clone() } else { folder.join(path) };
            assert!(root().join(&path).is_file(), "{}: {target}", page.display());
            if !heading.is_empty() {
                let text = read(&path);
                let mut headings = prose(&text).into_iter().filter(|line| line.starts_with('#'));
                assert!(headings.any(|line| anchor(line) == heading), "{}: {target}", page.display());
            }
        }
    }
    assert_eq!(anchor("## IV, nonce, counter, tweak"), "iv-nonce-counter-tweak");
}

#[test]
fn every_picture_is_shown_and_small() {
    let shown: BTreeSet<PathBuf> = pages()
        .iter()
        .flat_map(|page| {
            let folder = page.parent().expect("a folder").to_owned();
            targets(&read(page)).into_iter().map(move |target| folder.join(target))
        })
        .collect();
    let pictures = fs::read_dir(root().join("docs/pictures")).expect("the folder of the pictures");
    for picture in pictures.map(|file| file.expect("a file")) {
        let name = Path::new("docs/pictures").join(picture.file_name());
        assert!(shown.contains(&name), "no page shows {}", name.display());
        assert!(picture.metadata().expect("its size").len() < MOST_PICTURE_BYTES, "{}", name.display());
    }
}

#[test]
fn every_number_is_explained_in_the_order_of_the_columns() {
    let page = read("docs/numbers.md");
    let row = |name: &str| page.find(&format!("\n| `{name}` |"));
    let table = stdout(["measure", "demo:still", "plain", "--format", "csv"]);
    let columns: Vec<&str> = table.lines().next().expect("a line of names").split(',').collect();
    let (word, numbers) = columns.split_last().expect("columns");
    assert_eq!(*word, "word");
    let rows: Vec<usize> =
        numbers.iter().map(|name| row(name).unwrap_or_else(|| panic!("no {name}"))).collect();
    assert!(rows.len() > 30 && rows.is_sorted(), "{rows:?}");
    assert_eq!(row("no_such_number"), None);
}

#[test]
fn every_key_of_json_is_explained() {
    let page = read("docs/files.md");
    let encrypted = |scheme: &str| {
        let options = ["-o", "/dev/null", "--format", "json", "--posterize", "7", "--tiles"];
        json(["encrypt", "demo:still", scheme].iter().chain(&options))
    };
    let measured = json(["measure", "demo:still", "plain", "--format", "json"]);
    let objects = [
        json(["info", "demo:still", "--format", "json"]),
        encrypted("aes-128-cbc"),
        encrypted("aes-128-gcm"),
        encrypted("aes-128-ctr"),
        encrypted("aes-128-xts"),
        encrypted("aes-128-ecb+key-per-frame"),
        measured["scene"].clone(),
        measured,
    ];
    for object in &objects {
        for name in object.as_object().expect("an object").keys() {
            assert!(page.contains(&format!("`{name}`")), "{name}");
        }
    }
}

#[test]
fn every_command_and_option_is_explained() {
    let page = read("docs/command-line.md");
    let commands = stdout(["--ask", "commands"]);
    let mut options = BTreeSet::new();
    for command in commands.lines().filter(|command| *command != "help") {
        let is_there = ["`", " "].map(|end| page.contains(&format!("`{command}{end}")));
        assert!(is_there.contains(&true), "{command}");
        let help = stdout(["help", command]);
        let lines = help.lines().map(str::trim).filter(|line| line.starts_with('-'));
        let words = lines.flat_map(|line| line.split([' ', ',', '[', '=']));
        options.extend(words.filter(|word| word.starts_with("--")).map(String::from));
    }
    assert!(options.len() > 25, "{options:?}");
    for option in options {
        assert!(page.contains(&format!("`{option}")), "{option}");
    }
}

#[test]
fn every_scheme_lens_option_and_layout_is_explained() {
    let name = |entry: &Value| entry["name"].as_str().expect("a name").to_owned();
    let list = |what: &str| json([what, "--format", "json"]).as_array().expect("a list").clone();
    let page = read("docs/schemes-and-lenses.md");
    let row = |start: &str| page.contains(&format!("\n| `{start}"));
    for lens in list("lenses") {
        let lens_name = name(&lens);
        assert!(row(&format!("{lens_name}` |")), "{lens_name}");
        let options = lens["options"].as_str().unwrap_or_default();
        for option in options.split([' ', ',', '(']).filter_map(|word| word.split_once('=')) {
            assert!(page.contains(&format!("`{}=", option.0)), "{lens_name}: {option:?}");
        }
    }
    for scheme in list("schemes").iter().map(name) {
        let (scheme, misuse) = scheme.split_once('+').unwrap_or((&scheme, ""));
        let [aes, bits, mode] = scheme.splitn(3, '-').collect::<Vec<_>>()[..] else {
            assert!(row(scheme) && page.contains(misuse), "{scheme} {misuse}");
            continue;
        };
        let mut rows = page.lines().filter(|line| line.starts_with(&format!("| `{aes}-")));
        let is_row = |line: &str| line.contains(&format!("}}-{mode}` |")) && line.contains(bits);
        assert!(rows.any(|line| is_row(line) && line.contains(misuse)), "{scheme} {misuse}");
    }
    let page = read("docs/bytes.md");
    for layout in list("layouts").iter().map(name).filter(|name| !name.contains(' ')) {
        assert!(page.contains(&format!("\n| `{layout}` |")), "{layout}");
    }
}
