//! The formats that an image is sent in on request.

use image::{DynamicImage, ImageError, ImageFormat, ImageResult};
use luge_model::limits::{
    PREVIEW_AVIF_PIXELS_MAX, PREVIEW_AVIF_QUALITY, PREVIEW_AVIF_SPEED, PREVIEW_WEBP_QUALITY,
    PREVIEW_WEBP_SIDE_MAX,
};
use ravif::{Img, RGBA8};

/// A format that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// WebP with losses.
    Webp,
    /// AVIF with losses: a third smaller than WebP, and ten times the work.
    Avif,
}

impl Format {
    /// All of them, by name.
    pub const NAMES: [&'static str; 2] = ["webp", "avif"];

    /// The format of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "webp" => Some(Self::Webp),
            "avif" => Some(Self::Avif),
            _ => None,
        }
    }

    /// What the name of a preview in this format ends in.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Webp => ".webp",
            Self::Avif => ".avif",
        }
    }

    /// Whether an image that is shown whole is better left as it is: it has the format already, or
    /// would stand still.
    pub(super) fn is_no_gain(self, of: ImageFormat) -> bool {
        match self {
            Self::Webp => matches!(of, ImageFormat::WebP | ImageFormat::Gif),
            Self::Avif => of == ImageFormat::Gif,
        }
    }

    /// Whether an image of these sides can be written.
    pub(super) fn takes(self, (width, height): (u32, u32)) -> bool {
        match self {
            Self::Webp => width.max(height) <= PREVIEW_WEBP_SIDE_MAX,
            Self::Avif => width.saturating_mul(height) <= PREVIEW_AVIF_PIXELS_MAX,
        }
    }

    /// What writing one takes in memory beside the image, in bytes for each of its pixels.
    pub(super) fn pixel_bytes(self) -> u64 {
        match self {
            // Red, green, blue and opacity twice, and the planes and tokens of the encoder.
            Self::Webp => 20,
            // The same, and three planes of ten bits with their predictions and residues.
            Self::Avif => 40,
        }
    }

    /// Writes an image.
    pub(super) fn encoded(self, image: &DynamicImage) -> ImageResult<Vec<u8>> {
        match self {
            Self::Webp => webp(image),
            Self::Avif => avif(image),
        }
    }
}

fn webp(image: &DynamicImage) -> ImageResult<Vec<u8>> {
    let picture = image.to_rgba8();
    let encoder = webp::Encoder::from_rgba(&picture, picture.width(), picture.height());
    let bytes = encoder.encode_simple(false, PREVIEW_WEBP_QUALITY);
    let bytes = bytes.map_err(|error| failed(format!("WebP: {error:?}")))?;
    Ok(bytes.to_vec())
}

fn avif(image: &DynamicImage) -> ImageResult<Vec<u8>> {
    let picture = image.to_rgba8();
    let pixels: Vec<RGBA8> = picture.pixels().map(|pixel| pixel.0.into()).collect();
    let (width, height) = (image.width() as usize, image.height() as usize);
    let encoder = ravif::Encoder::new()
        .with_quality(PREVIEW_AVIF_QUALITY)
        .with_alpha_quality(PREVIEW_AVIF_QUALITY)
        .with_speed(PREVIEW_AVIF_SPEED)
        .with_num_threads(Some(1));
    let encoded = encoder.encode_rgba(Img::new(pixels.as_slice(), width, height));
    let encoded = encoded.map_err(|error| failed(format!("AVIF: {error}")))?;
    Ok(encoded.avif_file)
}

fn failed(reason: String) -> ImageError {
    ImageError::IoError(std::io::Error::other(reason))
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
        for name in [
            "",
            "WEBP",
            "png",
            "jpeg",
            "webp ",
            "../webp",
            "image/webp",
            "AVIF",
        ] {
            assert_eq!(Format::named(name), None, "{name}");
        }
    }
}
