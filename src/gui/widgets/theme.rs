//! Colours, type and spacing.
//!
//! The dark theme is made for a dark room and a projector: a near-black blue-grey background, so that the pictures
//! are the brightest area, and one accent, amber. Amber marks what the user can act on next and what leaks; nothing
//! else.

use std::sync::Arc;

use eframe::egui::{
    self, Checkbox, Color32, Context, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Margin,
    Response, Shadow, Stroke, TextStyle, Ui, Visuals, vec2,
};

use crate::gui::model::window::Theme;

/// Duration of animations, in seconds.
const MOVES_FOR_SECS: f32 = 0.2;

/// The colours of the window.
#[derive(Clone, Copy, Debug)]
pub struct Palette {
    /// Behind everything.
    pub background: Color32,
    /// The bars above and below.
    pub bar: Color32,
    /// Behind a picture and its caption.
    pub card: Color32,
    /// Buttons and fields.
    pub control: Color32,
    /// A button under the pointer.
    pub control_hovered: Color32,
    /// Edges and tracks.
    pub line: Color32,
    /// Edges that mark a control.
    pub edge: Color32,
    /// Text.
    pub text: Color32,
    /// Secondary text.
    pub weak: Color32,
    /// The accent: the next action, and what leaks.
    pub accent: Color32,
    /// Text on the accent.
    pub on_accent: Color32,
    /// Behind an error.
    pub error_ground: Color32,
    /// The edge and the icon of an error.
    pub error: Color32,
}

const DARK: Palette = Palette {
    background: Color32::from_rgb(11, 14, 19),
    bar: Color32::from_rgb(17, 21, 28),
    card: Color32::from_rgb(22, 27, 36),
    control: Color32::from_rgb(31, 38, 49),
    control_hovered: Color32::from_rgb(43, 52, 67),
    line: Color32::from_rgb(45, 54, 68),
    edge: Color32::from_rgb(122, 134, 152),
    text: Color32::from_rgb(232, 236, 243),
    weak: Color32::from_rgb(152, 163, 180),
    accent: Color32::from_rgb(255, 176, 66),
    on_accent: Color32::from_rgb(28, 18, 2),
    error_ground: Color32::from_rgb(58, 22, 26),
    error: Color32::from_rgb(255, 107, 107),
};

const LIGHT: Palette = Palette {
    background: Color32::from_rgb(233, 236, 241),
    bar: Color32::from_rgb(248, 249, 251),
    card: Color32::from_rgb(255, 255, 255),
    control: Color32::from_rgb(232, 235, 240),
    control_hovered: Color32::from_rgb(217, 222, 230),
    line: Color32::from_rgb(203, 209, 219),
    edge: Color32::from_rgb(108, 118, 134),
    text: Color32::from_rgb(24, 29, 38),
    weak: Color32::from_rgb(88, 98, 114),
    accent: Color32::from_rgb(150, 72, 0),
    on_accent: Color32::WHITE,
    error_ground: Color32::from_rgb(255, 232, 230),
    error: Color32::from_rgb(190, 24, 36),
};

/// The colours of the current theme.
#[must_use]
pub fn palette(ui: &Ui) -> &'static Palette {
    if ui.visuals().dark_mode { &DARK } else { &LIGHT }
}

/// The font family of headings and names.
#[must_use]
pub fn semibold() -> FontFamily {
    FontFamily::Name("semibold".into())
}

/// Sets up fonts and both themes. Called once, when the window opens.
pub fn install(ctx: &Context) {
    ctx.set_fonts(fonts());
    for (theme, palette, visuals) in
        [(egui::Theme::Dark, &DARK, Visuals::dark()), (egui::Theme::Light, &LIGHT, Visuals::light())]
    {
        ctx.style_mut_of(theme, |style| {
            style.text_styles = [
                (TextStyle::Small, FontId::proportional(12.0)),
                (TextStyle::Body, FontId::proportional(14.0)),
                (TextStyle::Button, FontId::proportional(14.0)),
                (TextStyle::Monospace, FontId::monospace(13.0)),
                (TextStyle::Heading, FontId::new(20.0, semibold())),
            ]
            .into();
            let spacing = &mut style.spacing;
            spacing.item_spacing = vec2(8.0, 6.0);
            spacing.button_padding = vec2(10.0, 5.0);
            spacing.interact_size = vec2(32.0, 30.0);
            spacing.menu_margin = Margin::same(6);
            // The largest height of a menu, in points; higher menus scroll.
            spacing.default_area_size = vec2(600.0, 640.0);
            spacing.combo_height = 560.0;
            spacing.tooltip_width = 360.0;
            style.interaction.selectable_labels = false;
            style.interaction.tooltip_delay = 0.35;
            style.visuals = paint(visuals, palette);
        });
    }
}

/// Reduces the space between items of a list, so that a long list needs no scrolling.
pub fn compact_list(ui: &mut Ui) {
    ui.spacing_mut().item_spacing.y = 1.0;
    ui.spacing_mut().interact_size.y = 26.0;
    ui.spacing_mut().button_padding = vec2(8.0, 3.0);
}

/// Draws a check box whose edge is visible also while it is empty.
pub fn tick_box_ui(ui: &mut Ui, ticked: &mut bool, text: &str) -> Response {
    let edge = Stroke::new(1.5, palette(ui).edge);
    ui.scope(|ui| {
        let widgets = &mut ui.visuals_mut().widgets;
        for visuals in [&mut widgets.inactive, &mut widgets.hovered, &mut widgets.active] {
            visuals.bg_stroke = edge;
        }
        ui.add(Checkbox::new(ticked, text))
    })
    .inner
}

/// Switches animations on or off.
pub fn move_about(ctx: &Context, wanted: bool) {
    let secs = if wanted { MOVES_FOR_SECS } else { 0.0 };
    if ctx.global_style().animation_time.total_cmp(&secs).is_ne() {
        ctx.all_styles_mut(|style| style.animation_time = secs);
    }
}

/// Applies a theme.
pub fn apply(ctx: &Context, theme: Theme) {
    let wanted = match theme {
        Theme::Dark => egui::Theme::Dark,
        Theme::Light => egui::Theme::Light,
    };
    if ctx.theme() != wanted {
        ctx.set_theme(wanted);
    }
}

fn paint(mut visuals: Visuals, palette: &Palette) -> Visuals {
    visuals.panel_fill = palette.background;
    visuals.window_fill = palette.bar;
    visuals.window_stroke = Stroke::new(1.0, palette.line);
    visuals.window_corner_radius = CornerRadius::same(12);
    visuals.menu_corner_radius = CornerRadius::same(10);
    visuals.extreme_bg_color = palette.control;
    visuals.text_edit_bg_color = Some(palette.control);
    visuals.faint_bg_color = palette.card;
    visuals.code_bg_color = palette.control;
    visuals.hyperlink_color = palette.accent;
    visuals.error_fg_color = palette.error;
    visuals.warn_fg_color = palette.accent;
    visuals.weak_text_color = Some(palette.weak);
    visuals.selection.bg_fill = palette.accent.gamma_multiply(if visuals.dark_mode { 0.30 } else { 0.22 });
    visuals.selection.stroke = Stroke::new(1.0, palette.text);
    visuals.text_cursor.stroke = Stroke::new(2.0, palette.accent);
    // On white a shadow as dark as on black would look dirty.
    let shade = Color32::from_black_alpha(if visuals.dark_mode { 90 } else { 38 });
    let shadow = Shadow { offset: [0, 8], blur: 24, spread: 0, color: shade };
    visuals.window_shadow = shadow;
    visuals.popup_shadow = shadow;
    let widgets = &mut visuals.widgets;
    for (visuals, fill, text) in [
        (&mut widgets.noninteractive, palette.bar, palette.text),
        (&mut widgets.inactive, palette.control, palette.text),
        (&mut widgets.hovered, palette.control_hovered, palette.text),
        (&mut widgets.active, palette.control_hovered, palette.text),
        (&mut widgets.open, palette.control_hovered, palette.text),
    ] {
        visuals.bg_fill = fill;
        visuals.weak_bg_fill = fill;
        visuals.bg_stroke = Stroke::NONE;
        visuals.fg_stroke = Stroke::new(1.0, text);
        visuals.corner_radius = CornerRadius::same(7);
        visuals.expansion = 0.0;
    }
    widgets.noninteractive.bg_stroke = Stroke::new(1.0, palette.line);
    visuals
}

/// Inter, and egui's own fonts for characters that it lacks.
fn fonts() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    let inter: [(&str, &'static [u8]); 2] = [
        ("inter", include_bytes!("../../../assets/fonts/Inter-Regular.otf")),
        ("inter-semibold", include_bytes!("../../../assets/fonts/Inter-SemiBold.otf")),
    ];
    for (name, bytes) in inter {
        fonts.font_data.insert(name.into(), Arc::new(FontData::from_static(bytes)));
    }
    let monospace = fonts.families.get(&FontFamily::Monospace).cloned().unwrap_or_default();
    let fallbacks = fonts.families.entry(FontFamily::Proportional).or_default();
    fallbacks.extend(monospace);
    let semibold_first = std::iter::once("inter-semibold".into()).chain(fallbacks.iter().cloned()).collect();
    fallbacks.insert(0, "inter".into());
    fonts.families.insert(semibold(), semibold_first);
    fonts
}

/// Colours that people with any kind of colour vision tell apart (Okabe and Ito 2008), first those that are visible
/// in both themes.
const COLOURS: [Color32; 6] = [
    Color32::from_rgb(230, 159, 0),
    Color32::from_rgb(86, 180, 233),
    Color32::from_rgb(0, 158, 115),
    Color32::from_rgb(204, 121, 167),
    Color32::from_rgb(213, 94, 0),
    Color32::from_rgb(0, 114, 178),
];

/// The colour of the curve or row with this number.
#[must_use]
pub const fn colour(at: usize) -> Color32 {
    COLOURS[at % COLOURS.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance, as WCAG 2.2 defines it.
    fn luminance(color: Color32) -> f64 {
        let channel = |value: u8| {
            let value = f64::from(value) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(color.r()) + 0.7152 * channel(color.g()) + 0.0722 * channel(color.b())
    }

    fn contrast(one: Color32, other: Color32) -> f64 {
        let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
        one.max(other) / one.min(other)
    }

    #[test]
    fn text_has_the_contrast_that_wcag_aa_asks() {
        assert!((contrast(Color32::WHITE, Color32::BLACK) - 21.0).abs() < 1e-9);
        for (name, palette) in [("dark", DARK), ("light", LIGHT)] {
            let backgrounds =
                [palette.background, palette.bar, palette.card, palette.control, palette.control_hovered];
            let words = [palette.text, palette.weak, palette.accent, palette.error];
            let pairs =
                words.iter().flat_map(|word| backgrounds.iter().map(move |background| (*word, *background)));
            let more = [
                (palette.on_accent, palette.accent),
                (palette.text, palette.error_ground),
                (palette.weak, palette.error_ground),
            ];
            for (word, background) in pairs.chain(more) {
                let contrast = contrast(word, background);
                assert!(contrast >= 4.5, "{name}: {word:?} on {background:?} has {contrast:.2}");
            }
        }
    }

    #[test]
    fn controls_have_the_contrast_that_wcag_asks() {
        // WCAG 1.4.11: 3:1 between a control and its surroundings.
        for (name, palette) in [("dark", DARK), ("light", LIGHT)] {
            let backgrounds =
                [palette.background, palette.bar, palette.card, palette.control, palette.control_hovered];
            for (sign, background) in [palette.edge, palette.accent]
                .iter()
                .flat_map(|sign| backgrounds.map(|background| (*sign, background)))
            {
                let contrast = contrast(sign, background);
                assert!(contrast >= 3.0, "{name}: {sign:?} on {background:?} has {contrast:.2}");
            }
        }
    }
}
