//! The formats that an image is sent in on request.

use image::{DynamicImage, ImageError, ImageFormat, ImageResult};
use luge_model::limits::{PREVIEW_WEBP_QUALITY, PREVIEW_WEBP_SIDE_MAX};

/// A format that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// WebP with losses.
    Webp,
}

impl Format {
    /// All of them, by name.
    pub const NAMES: [&'static str; 1] = ["webp"];

    /// The format of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "webp" => Some(Self::Webp),
            _ => None,
        }
    }

    /// What the name of a preview in this format ends in.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Webp => ".webp",
        }
    }

    /// Whether an image that is shown whole is better left as it is: it has the format already, or
    /// would stand still.
    pub(super) fn is_no_gain(self, of: ImageFormat) -> bool {
        match self {
            Self::Webp => matches!(of, ImageFormat::WebP | ImageFormat::Gif),
        }
    }

    /// Whether an image of these sides can be written.
    pub(super) fn takes(self, (width, height): (u32, u32)) -> bool {
        match self {
            Self::Webp => width.max(height) <= PREVIEW_WEBP_SIDE_MAX,
        }
    }

    /// What writing one takes in memory beside the image, in bytes for each of its pixels.
    pub(super) fn pixel_bytes(self) -> u64 {
        match self {
            // Red, green, blue and opacity twice, and the planes and tokens of the encoder.
            Self::Webp => 20,
        }
    }

    /// Writes an image.
    pub(super) fn encoded(self, image: &DynamicImage) -> ImageResult<Vec<u8>> {
        let Self::Webp = self;
        let picture = image.to_rgba8();
        let encoder = webp::Encoder::from_rgba(&picture, picture.width(), picture.height());
        let bytes = encoder.encode_simple(false, PREVIEW_WEBP_QUALITY);
        let bytes = bytes.map_err(|error| {
            let reason = format!("WebP: {error:?}");
            ImageError::IoError(std::io::Error::other(reason))
        })?;
        Ok(bytes.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_a_format_and_nothing_else_is() {
        for name in Format::NAMES {
            let format = Format::named(name).unwrap();
            assert_eq!(format.ending(), format!(".{name}"));
        }
        for name in ["", "WEBP", "png", "jpeg", "webp ", "../webp", "image/webp"] {
            assert_eq!(Format::named(name), None, "{name}");
        }
    }
}
