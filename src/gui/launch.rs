//! Opens the window: tries one renderer after the other until one works.
//!
//! ```text
//! the GPU (Vulkan, Metal, Direct3D) ─▶ OpenGL ─▶ Vulkan on the processor ─▶ OpenGL on the processor
//! ```
//!
//! A renderer fails in many ways: without an adapter, without a surface, with a panic in a driver's binding. Each
//! failure leads to the next renderer. eframe keeps the event loop from one attempt to the next. The last renderer
//! needs an environment variable that Mesa reads when it is loaded, so the program restarts itself for it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use eframe::egui::{IconData, ViewportBuilder};
use eframe::egui_wgpu::{SurfaceErrorAction, WgpuConfiguration, WgpuSetup, WgpuSetupCreateNew};
use eframe::{CreationContext, NativeOptions, wgpu};

use super::{App, GuiError, Options};
use crate::render::Opener;
use crate::runtime::pool::Pool;
use crate::text::printable::printable;

/// The environment variable that chooses a renderer: `gpu`, `opengl`, `software` or `software-opengl`.
const RENDERER_VARIABLE: &str = "AFTERIMAGE_RENDERER";

/// A way to draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Renderer {
    /// A graphics card through wgpu.
    Gpu,
    /// OpenGL as the system offers it.
    OpenGl,
    /// The processor through wgpu.
    Software,
    /// Mesa's OpenGL on the processor.
    SoftwareOpenGl,
}

impl Renderer {
    /// In the order in which they are tried.
    const ALL: [Self; 4] = [Self::Gpu, Self::OpenGl, Self::Software, Self::SoftwareOpenGl];

    const fn name(self) -> &'static str {
        match self {
            Self::Gpu => "gpu",
            Self::OpenGl => "opengl",
            Self::Software => "software",
            Self::SoftwareOpenGl => "software-opengl",
        }
    }

    /// The renderer that the environment asks for.
    fn chosen() -> Option<Self> {
        let name = std::env::var(RENDERER_VARIABLE).ok()?;
        Self::ALL.into_iter().find(|renderer| renderer.name() == name)
    }
}

/// Why a renderer was not taken.
#[derive(Debug)]
enum Refusal {
    /// Another renderer may work.
    Renderer(String),
    /// There is no display, or the window was open already: no other renderer would work.
    Final(String),
}

/// What a window needs, whichever renderer draws it.
pub struct Launch {
    pub options: Options,
    pub opener: Arc<dyn Opener>,
    pub pool: Pool,
}

impl Launch {
    /// Opens the window with the first renderer that works, and returns when the window is closed.
    pub fn run(self) -> Result<(), GuiError> {
        if let Some(renderer) = Renderer::chosen() {
            return self.open(renderer).map_err(|refusal| match refusal {
                Refusal::Renderer(reason) | Refusal::Final(reason) => {
                    GuiError::NoWindow(format!("{}: {}", renderer.name(), brief(&reason)))
                }
            });
        }
        let mut reasons = Vec::new();
        for renderer in Renderer::ALL {
            let refusal = if renderer == Renderer::SoftwareOpenGl {
                Refusal::Renderer(start_anew())
            } else {
                match self.open(renderer) {
                    Ok(()) => return Ok(()),
                    Err(refusal) => refusal,
                }
            };
            match refusal {
                Refusal::Final(reason) => return Err(GuiError::NoWindow(reason)),
                Refusal::Renderer(reason) => {
                    let reason = format!("{}: {}", renderer.name(), brief(&reason));
                    if self.options.verbose {
                        eprintln!("renderer {}", printable(&reason));
                    }
                    reasons.push(reason);
                }
            }
        }
        Err(GuiError::NoWindow(reasons.join("; ")))
    }

    /// Opens the window with one renderer.
    fn open(&self, renderer: Renderer) -> Result<(), Refusal> {
        let is_open = AtomicBool::new(false);
        let create = |cc: &CreationContext<'_>| {
            is_open.store(true, Ordering::Relaxed);
            if self.options.verbose {
                eprintln!("renderer {}: {}", renderer.name(), printable(&describe(cc)));
            }
            let mut app = App::new(cc, self.options.scene.clone(), Arc::clone(&self.opener), &self.pool);
            app.report_frame_stats(self.options.verbose);
            app.loop_over(self.options.frames.as_ref());
            app.remember(self.options.file.clone());
            if let Some(frame) = self.options.frame {
                app.hold(frame);
            }
            Ok(Box::new(app) as Box<dyn eframe::App>)
        };
        let run = || eframe::run_native("Afterimage", native_options(renderer), Box::new(create));
        let result = catch_unwind(AssertUnwindSafe(run));
        let was_open = is_open.load(Ordering::Relaxed);
        match result {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error @ (eframe::Error::Winit(_) | eframe::Error::WinitEventLoop(_)))) => {
                Err(Refusal::Final(without_place(&error.to_string()).into()))
            }
            Ok(Err(error)) if was_open => Err(Refusal::Final(error.to_string())),
            Ok(Err(error)) => Err(Refusal::Renderer(error.to_string())),
            // A panic after the window was open is a bug of this program: no other renderer is tried.
            Err(panic) if was_open => std::panic::resume_unwind(panic),
            Err(_) => Err(Refusal::Renderer("it panicked while it was set up".into())),
        }
    }
}

/// winit's error without the file and line of winit's source.
fn without_place(error: &str) -> &str {
    let reason = error.split_once(".rs:").and_then(|(_, rest)| rest.split_once(": "));
    reason.map_or(error, |(_, reason)| reason.trim_end_matches('.'))
}

/// Replaces this process by the program with Mesa's software rasterizer. Returns why that failed.
#[cfg(unix)]
fn start_anew() -> String {
    use std::os::unix::process::CommandExt as _;
    use std::process::Command;

    let program = match std::env::current_exe() {
        Ok(program) => program,
        Err(error) => return error.to_string(),
    };
    let error = Command::new(program)
        .args(std::env::args_os().skip(1))
        .env(RENDERER_VARIABLE, Renderer::SoftwareOpenGl.name())
        .env("LIBGL_ALWAYS_SOFTWARE", "1")
        .exec();
    error.to_string()
}

/// Only Mesa's software rasterizer can be chosen by an environment variable.
#[cfg(not(unix))]
fn start_anew() -> String {
    "only where there is Mesa".into()
}

/// The start of a reason, at most 160 characters: some bindings print their whole configuration.
fn brief(reason: &str) -> String {
    let end = reason.find(['{', '\n']).unwrap_or(reason.len());
    reason[..end].trim_end_matches([':', ' ']).chars().take(160).collect()
}

fn native_options(renderer: Renderer) -> NativeOptions {
    let viewport = ViewportBuilder::default()
        .with_title("Afterimage")
        .with_app_id("afterimage")
        .with_icon(icon())
        .with_inner_size([1440.0, 900.0])
        .with_min_inner_size([480.0, 360.0])
        .with_drag_and_drop(true);
    let mut native = NativeOptions { viewport, system_font_fallback: false, ..NativeOptions::default() };
    match renderer {
        Renderer::Gpu => {
            native.renderer = eframe::Renderer::Wgpu;
            native.wgpu_options = wgpu_options(&native.wgpu_options, false);
        }
        Renderer::Software => {
            native.renderer = eframe::Renderer::Wgpu;
            native.wgpu_options = wgpu_options(&native.wgpu_options, true);
        }
        Renderer::OpenGl | Renderer::SoftwareOpenGl => native.renderer = eframe::Renderer::Glow,
    }
    native
}

/// Chooses a graphics card, or with `software` an adapter that runs on the CPU.
fn wgpu_options(usual: &WgpuConfiguration, software: bool) -> WgpuConfiguration {
    let mut setup = WgpuSetupCreateNew::without_display_handle();
    setup.native_adapter_selector = Some(Arc::new(move |adapters, surface| {
        let fits = |adapter: &&wgpu::Adapter| {
            let is_software = adapter.get_info().device_type == wgpu::DeviceType::Cpu;
            is_software == software && surface.is_none_or(|surface| adapter.is_surface_supported(surface))
        };
        let rank = |adapter: &&wgpu::Adapter| match adapter.get_info().device_type {
            wgpu::DeviceType::DiscreteGpu => 0,
            wgpu::DeviceType::IntegratedGpu => 1,
            wgpu::DeviceType::VirtualGpu | wgpu::DeviceType::Other | wgpu::DeviceType::Cpu => 2,
        };
        adapters.iter().filter(fits).min_by_key(rank).cloned().ok_or_else(|| {
            let names: Vec<_> = adapters.iter().map(|adapter| adapter.get_info().name).collect();
            format!("none that fits among {} ({})", names.len(), names.join(", "))
        })
    }));
    WgpuConfiguration {
        wgpu_setup: WgpuSetup::CreateNew(setup),
        on_surface_status: Arc::new(after_unshown),
        ..usual.clone()
    }
}

/// What to do with a frame that could not be shown: draw it again. If it were skipped, the window would show the old
/// frame until the next input, because the change causes no second repaint.
fn after_unshown(status: &wgpu::CurrentSurfaceTexture) -> SurfaceErrorAction {
    match status {
        wgpu::CurrentSurfaceTexture::Occluded => SurfaceErrorAction::SkipFrame,
        wgpu::CurrentSurfaceTexture::Lost => SurfaceErrorAction::RecreateSurface,
        _ => SurfaceErrorAction::Reconfigure,
    }
}

/// The renderer that was chosen, in words.
fn describe(cc: &CreationContext<'_>) -> String {
    if let Some(state) = &cc.wgpu_render_state {
        let info = state.adapter.get_info();
        return format!("{} through {} ({:?})", info.name, info.backend, info.device_type);
    }
    match &cc.gl {
        Some(gl) => format!("OpenGL {:?}", eframe::glow::HasContext::version(&**gl)),
        None => "unknown".into(),
    }
}

/// The icon: a disc, its right half as blocks.
#[expect(clippy::cast_precision_loss, reason = "64 pixels")]
fn icon() -> Arc<IconData> {
    static ICON: OnceLock<Arc<IconData>> = OnceLock::new();
    const SIDE: u32 = 64;
    const BLOCK: u32 = 8;
    let pixel = |x: u32, y: u32| -> [u8; 4] {
        let inside = |x: f32, y: f32, cx: f32| (x - cx).hypot(y - 32.0) < 18.0;
        let center = |v: u32| (v / BLOCK * BLOCK + BLOCK / 2) as f32;
        let corner = (x.abs_diff(32).saturating_sub(22)).pow(2) + (y.abs_diff(32).saturating_sub(22)).pow(2);
        if corner > 100 {
            [0, 0, 0, 0]
        } else if inside(x as f32, y as f32, 25.0) && x < 32 {
            [232, 236, 243, 255]
        } else if x >= 32 && inside(center(x), center(y), 30.0) {
            if (x / BLOCK + y / BLOCK).is_multiple_of(2) { [255, 176, 66, 255] } else { [196, 92, 60, 255] }
        } else {
            [17, 21, 28, 255]
        }
    };
    let icon = ICON.get_or_init(|| {
        let rgba = (0..SIDE).flat_map(|y| (0..SIDE).flat_map(move |x| pixel(x, y))).collect();
        Arc::new(IconData { rgba, width: SIDE, height: SIDE })
    });
    Arc::clone(icon)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_has_no_source_location() {
        let error =
            "winit EventLoopError: os error at /a/b-0.1/mod.rs:788: Failed to open connection to X server";
        assert_eq!(without_place(error), "Failed to open connection to X server");
        assert_eq!(without_place("no adapter"), "no adapter");
        assert_eq!(brief("Found no configs: Template { colour: 8 }"), "Found no configs: Template");
    }

    #[test]
    fn the_icon_has_as_many_bytes_as_it_says() {
        let icon = icon();
        assert_eq!(icon.rgba.len(), (icon.width * icon.height * 4) as usize);
    }
}
