//! The texts in a clip's file: its scene, and the command that makes it again.

use super::Plan;
use crate::export::figure::{Figure, caption};
use crate::media::encode::About;
use crate::scene::{CommandLine, PublicScene};

/// The texts for the file of a clip that starts with `first`.
pub fn about(plan: &Plan, first: &Figure<'_>) -> About {
    let line = CommandLine::new("clip", first.scene);
    let line = if let Some(frames) = &plan.frames { line.option("--frames", [frames]) } else { line };
    let line = line
        .option("--theme", [first.theme.name()])
        .option("-o", [format!("CLIP.{}", plan.container.extension())]);
    let scene = PublicScene::of(first.scene, plan.frames.clone());
    About {
        title: caption::name(&first.scene.source),
        comment: line.to_string(),
        description: serde_json::json!({ "schema": 1, "scene": scene }).to_string(),
    }
}
