//! JSON: `{"schema":1,"scene":{…},"frames":[…],"summary":[…]}`, with a line per frame; with messages also `"stream":[…]`.

use std::io::{self, Write};

use serde::Serialize;

use super::Table;
use super::stream::Stream;
use super::summary::Summary;
use crate::leak::Leakage;
use crate::render::Sheet;
use crate::scene::{Panel, PublicScene, Scene};
use crate::units::FrameIndex;

/// Writes JSON.
#[derive(Default)]
pub struct Json {
    summary: Summary,
    stream: Stream,
}

#[derive(Serialize)]
struct Row {
    frame: FrameIndex,
    time_secs: f64,
    panels: Vec<PanelNumbers>,
}

#[derive(Serialize)]
struct PanelNumbers {
    panel: Panel,
    #[serde(flatten)]
    leakage: Leakage,
}

impl Table for Json {
    fn begin(&mut self, scene: &Scene, out: &mut dyn Write) -> io::Result<()> {
        write!(
            out,
            "{{\"schema\":1,\"scene\":{},\n\"frames\":[",
            serde_json::to_string(&PublicScene::of(scene, None))?
        )
    }

    fn frame(&mut self, sheet: &Sheet, out: &mut dyn Write) -> io::Result<()> {
        let separator = if self.summary.panels.is_empty() { "\n" } else { ",\n" };
        self.summary.add(sheet);
        self.stream.add(sheet);
        let panels = sheet.panels.iter();
        let frame = Row {
            frame: sheet.frame.index,
            time_secs: sheet.frame.time_secs,
            panels: panels.map(|panel| PanelNumbers { panel: panel.panel, leakage: panel.leakage }).collect(),
        };
        write!(out, "{separator}{}", serde_json::to_string(&frame)?)
    }

    fn end(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let summary = serde_json::to_string(&self.summary.panels)?;
        let stream = self.stream.summaries();
        if stream.is_empty() {
            return writeln!(out, "\n],\n\"summary\":{summary}}}");
        }
        writeln!(out, "\n],\n\"summary\":{summary},\n\"stream\":{}}}", serde_json::to_string(&stream)?)
    }
}
