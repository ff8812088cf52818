//! A scene file of any content: a scene that can be read reads back as the same.

#![no_main]

use std::io::Write;

use afterimage::scene::{Scene, SceneFile};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut file = tempfile::Builder::new().suffix(".toml").tempfile().expect("a temporary file");
    file.write_all(bytes).expect("a temporary file");
    let Ok(SceneFile { scene, .. }) = SceneFile::read(file.path()) else { return };
    let text = serde_json::to_string(&scene).expect("a scene serializes");
    assert_eq!(serde_json::from_str::<Scene>(&text).expect("it reads back"), scene);
});
