//! The sizes of previews: `WxH` cut to fill, `WxHt` and `WxHb` keeping top or bottom, `WxHf` fitted
//! inside, `0xH` and `Wx0` keeping the proportions (contract §1.6).

/// A size as it stands in a field's `thumbs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Size {
    width: u32,
    height: u32,
    fit: Fit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fit {
    Centre,
    Top,
    Bottom,
    Inside,
    /// Neither cut nor made smaller.
    Whole,
}

/// What of an image is shown, and how large.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cut {
    /// Left, top, width and height of what is shown.
    pub(super) area: (u32, u32, u32, u32),
    /// Width and height of the preview.
    pub(super) shown: (u32, u32),
}

impl Size {
    /// The size that an image has.
    pub(super) const WHOLE: Self = Self {
        width: 0,
        height: 0,
        fit: Fit::Whole,
    };

    /// Whether it leaves an image as large as it is.
    pub(super) fn is_whole(self) -> bool {
        self.fit == Fit::Whole
    }

    /// Reads a size; `None` where it is none.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (sides, fit) = match text.strip_suffix(['t', 'b', 'f']) {
            None => (text, Fit::Centre),
            Some(sides) if text.ends_with('t') => (sides, Fit::Top),
            Some(sides) if text.ends_with('b') => (sides, Fit::Bottom),
            Some(sides) => (sides, Fit::Inside),
        };
        let (width, height) = sides.split_once('x')?;
        let (width, height) = (number(width)?, number(height)?);
        let size = Self { width, height, fit };
        (width > 0 || height > 0).then_some(size)
    }

    /// What it makes of an image of these sides, which are not 0.
    pub(super) fn cut(self, (width, height): (u32, u32)) -> Cut {
        let whole = (0, 0, width, height);
        if self.is_whole() {
            return Cut {
                area: whole,
                shown: (width, height),
            };
        }
        if self.height == 0 {
            let shown = (self.width, scaled(self.width, height, width));
            return Cut { area: whole, shown };
        }
        if self.width == 0 {
            let shown = (scaled(self.height, width, height), self.height);
            return Cut { area: whole, shown };
        }
        if self.fit == Fit::Inside {
            let shown = self.inside(width, height);
            return Cut { area: whole, shown };
        }
        Cut {
            area: self.filling(width, height),
            shown: (self.width, self.height),
        }
    }

    /// The largest sides of the same proportions that fit; never larger than the image.
    fn inside(self, width: u32, height: u32) -> (u32, u32) {
        if width <= self.width && height <= self.height {
            return (width, height);
        }
        let too_wide =
            u64::from(width) * u64::from(self.height) > u64::from(self.width) * u64::from(height);
        if too_wide {
            (self.width, at_least_one(self.width, height, width))
        } else {
            (at_least_one(self.height, width, height), self.height)
        }
    }

    /// The largest area of the preview's proportions.
    fn filling(self, width: u32, height: u32) -> (u32, u32, u32, u32) {
        let too_wide =
            u64::from(width) * u64::from(self.height) > u64::from(self.width) * u64::from(height);
        if too_wide {
            let kept = scaled(height, self.width, self.height).min(width);
            return ((width - kept) / 2, 0, kept, height);
        }
        let kept = scaled(width, self.height, self.width).min(height);
        let top = match self.fit {
            Fit::Top => 0,
            Fit::Bottom => height - kept,
            Fit::Centre | Fit::Inside | Fit::Whole => (height - kept) / 2,
        };
        (0, top, width, kept)
    }
}

fn number(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// `side * over / under`, rounded, at least 1.
fn scaled(side: u32, over: u32, under: u32) -> u32 {
    let under = u64::from(under).max(1);
    let product = u64::from(side) * u64::from(over) + under / 2;
    u32::try_from(product / under).unwrap_or(u32::MAX).max(1)
}

/// `side * over / under`, cut off, at least 1.
fn at_least_one(side: u32, over: u32, under: u32) -> u32 {
    let product = u64::from(side) * u64::from(over) / u64::from(under).max(1);
    u32::try_from(product).unwrap_or(u32::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sizes_are_read_strictly() {
        for text in [
            "",
            "x",
            "0x0",
            "0x0t",
            "0x0f",
            "100",
            "100x",
            "x100",
            "-1x5",
            "+1x5",
            "1.5x2",
            "10X10",
            "10x10tt",
            "10x10q",
            " 10x10",
            "10x10 ",
            "99999999999x1",
            "10x10x10",
            "../10x10",
            "１x１",
        ] {
            assert_eq!(Size::parse(text), None, "{text:?}");
        }
        for text in [
            "100x100", "70x50t", "70x50b", "70x50f", "0x50", "70x0", "0x50f", "70x0t",
        ] {
            assert!(Size::parse(text).is_some(), "{text}");
        }
    }

    #[test]
    fn previews_are_as_large_as_those_of_the_contracts_server() {
        for (image, size, area, shown) in [
            ((200, 100), "100x100", (50, 0, 100, 100), (100, 100)),
            ((200, 100), "70x50", (30, 0, 140, 100), (70, 50)),
            ((200, 100), "70x50f", (0, 0, 200, 100), (70, 35)),
            ((200, 100), "0x50", (0, 0, 200, 100), (100, 50)),
            ((200, 100), "70x0", (0, 0, 200, 100), (70, 35)),
            ((10, 10), "100x100", (0, 0, 10, 10), (100, 100)),
            ((10, 10), "70x50f", (0, 0, 10, 10), (10, 10)),
            ((1000, 10), "70x50f", (0, 0, 1000, 10), (70, 1)),
            ((1000, 10), "0x50", (0, 0, 1000, 10), (5000, 50)),
            ((10, 1000), "70x0", (0, 0, 10, 1000), (70, 7000)),
            ((100, 300), "100x100", (0, 100, 100, 100), (100, 100)),
            ((100, 300), "100x100t", (0, 0, 100, 100), (100, 100)),
            ((100, 300), "100x100b", (0, 200, 100, 100), (100, 100)),
        ] {
            let cut = Size::parse(size).unwrap().cut(image);
            assert_eq!(cut, Cut { area, shown }, "{image:?} {size}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_is_inside_of_the_image(
            width in 1_u32..70_000, height in 1_u32..70_000,
            w in 0_u32..5_000, h in 0_u32..5_000, fit in "[tbf]?",
        ) {
            prop_assume!(w > 0 || h > 0);
            let cut = Size::parse(&format!("{w}x{h}{fit}")).unwrap().cut((width, height));
            let (left, top, kept_width, kept_height) = cut.area;
            prop_assert!(kept_width > 0 && kept_height > 0);
            prop_assert!(left + kept_width <= width && top + kept_height <= height);
            prop_assert!(cut.shown.0 > 0 && cut.shown.1 > 0);
        }
    }
}
