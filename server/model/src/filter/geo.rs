//! Distances on Earth.

/// The mean radius that the contract names, in kilometres.
const EARTH_RADIUS_KM: f64 = 6371.0;

/// Kilometres between two places, each longitude and latitude in degrees.
pub(super) fn distance_km(from: (f64, f64), to: (f64, f64)) -> f64 {
    let (lon_a, lat_a) = (from.0.to_radians(), from.1.to_radians());
    let (lon_b, lat_b) = (to.0.to_radians(), to.1.to_radians());
    let along = lat_a.cos() * lat_b.cos() * (lon_b - lon_a).cos();
    let cosine = along + lat_a.sin() * lat_b.sin();
    EARTH_RADIUS_KM * cosine.clamp(-1.0, 1.0).acos()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_distances() {
        for (from, to, kilometres) in [
            ((0.0, 0.0), (0.0, 0.0), 0.0),
            ((0.0, 0.0), (0.0, 1.0), 111.195),
            ((23.32, 42.69), (13.38, 52.51), 1_319.378),
            ((0.0, 0.0), (180.0, 0.0), 20_015.087),
        ] {
            let found = distance_km(from, to);
            assert!(
                (found - kilometres).abs() < 1.0,
                "{found} instead of {kilometres}"
            );
        }
    }
}
