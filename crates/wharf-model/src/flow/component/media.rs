//! Images, and files to upload.

use serde_json::Value;

use super::Component;
use super::kind::ComponentKind;
use crate::flow::expression::{Bound, Expression};

/// An image, JPEG or PNG in base64; three a screen.
///
/// See [Cloud API/Flows components], image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image(Component);

impl Image {
    /// An image in base64.
    pub fn new(src: impl Into<String>) -> Self {
        Self(Component::new(ComponentKind::Image).text("src", src))
    }

    /// Width in points.
    #[must_use]
    pub fn width(self, width: impl Into<Bound<u32>>) -> Self {
        Self(self.0.number("width", width))
    }

    /// Height in points.
    #[must_use]
    pub fn height(self, height: impl Into<Bound<u32>>) -> Self {
        Self(self.0.number("height", height))
    }

    /// How it fits into its frame.
    #[must_use]
    pub fn scale_type(self, scale_type: ScaleType) -> Self {
        Self(self.0.set("scale-type", scale_type.as_str()))
    }

    /// Width divided by height; 1 if not given.
    #[must_use]
    pub fn aspect_ratio(self, aspect_ratio: impl Into<Bound<u32>>) -> Self {
        Self(self.0.number("aspect-ratio", aspect_ratio))
    }

    /// What a screen reader says.
    #[must_use]
    pub fn alt_text(self, alt_text: impl Into<String>) -> Self {
        Self(self.0.text("alt-text", alt_text))
    }

    /// Says whether it is shown.
    #[must_use]
    pub fn visible(self, visible: impl Into<Bound<bool>>) -> Self {
        Self(self.0.flag("visible", visible))
    }
}

impl From<Image> for Component {
    fn from(component: Image) -> Self {
        component.0
    }
}

/// One to three images to slide through; since 7.1.
///
/// See [Cloud API/Flows components], carousel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageCarousel(Component);

impl ImageCarousel {
    /// Without images yet.
    pub fn new() -> Self {
        Self(Component::new(ComponentKind::ImageCarousel).set("images", Value::Array(Vec::new())))
    }

    /// Images that the screen's data gives, as a list of `src` and `alt-text`.
    pub fn bound(images: Expression) -> Self {
        Self(Component::new(ComponentKind::ImageCarousel).set("images", images))
    }

    /// Adds an image in base64, with what a screen reader says.
    #[must_use]
    pub fn image(self, src: impl Into<String>, alt_text: impl Into<String>) -> Self {
        let parts = [("src", src.into()), ("alt-text", alt_text.into())];
        let parts = parts.map(|(key, value)| (key.to_owned(), Value::String(value)));
        let mut images = match self.0.get("images") {
            Some(Value::Array(images)) => images.clone(),
            _ => Vec::new(),
        };
        images.push(Value::Object(parts.into_iter().collect()));
        Self(self.0.set("images", images))
    }

    /// `4:3`, which is usual, or `16:9`.
    #[must_use]
    pub fn aspect_ratio(self, aspect_ratio: impl Into<String>) -> Self {
        Self(self.0.text("aspect-ratio", aspect_ratio))
    }

    /// How the images fit into the frame.
    #[must_use]
    pub fn scale_type(self, scale_type: ScaleType) -> Self {
        Self(self.0.set("scale-type", scale_type.as_str()))
    }

    /// Says whether it is shown.
    #[must_use]
    pub fn visible(self, visible: impl Into<Bound<bool>>) -> Self {
        Self(self.0.flag("visible", visible))
    }
}

impl From<ImageCarousel> for Component {
    fn from(component: ImageCarousel) -> Self {
        component.0
    }
}

/// Photos to upload; since 4.0, one a screen.
///
/// See [Cloud API/Flows components], photo picker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhotoPicker(Component);

impl PhotoPicker {
    /// With its required parts.
    pub fn new(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self(
            Component::new(ComponentKind::PhotoPicker)
                .text("name", name)
                .text("label", label),
        )
    }

    /// A description of at most 300 characters.
    #[must_use]
    pub fn description(self, description: impl Into<String>) -> Self {
        Self(self.0.text("description", description))
    }

    /// Where the photos may come from.
    #[must_use]
    pub fn photo_source(self, photo_source: PhotoSource) -> Self {
        Self(self.0.set("photo-source", photo_source.as_str()))
    }

    /// The most kilobytes of a photo; 25600 if not given.
    #[must_use]
    pub fn max_file_size_kb(self, max_file_size_kb: impl Into<Bound<u32>>) -> Self {
        Self(self.0.number("max-file-size-kb", max_file_size_kb))
    }

    /// The fewest photos; 0 makes it optional.
    #[must_use]
    pub fn min_uploaded_photos(self, min_uploaded_photos: impl Into<Bound<u32>>) -> Self {
        Self(self.0.number("min-uploaded-photos", min_uploaded_photos))
    }

    /// The most photos; 30 if not given.
    #[must_use]
    pub fn max_uploaded_photos(self, max_uploaded_photos: impl Into<Bound<u32>>) -> Self {
        Self(self.0.number("max-uploaded-photos", max_uploaded_photos))
    }

    /// Says whether it can be used.
    #[must_use]
    pub fn enabled(self, enabled: impl Into<Bound<bool>>) -> Self {
        Self(self.0.flag("enabled", enabled))
    }

    /// Says whether it is shown.
    #[must_use]
    pub fn visible(self, visible: impl Into<Bound<bool>>) -> Self {
        Self(self.0.flag("visible", visible))
    }

    /// What is wrong with the value; outside a form only, since 4.0.
    #[must_use]
    pub fn error_message(self, error_message: impl Into<String>) -> Self {
        Self(self.0.text("error-message", error_message))
    }
}

impl From<PhotoPicker> for Component {
    fn from(component: PhotoPicker) -> Self {
        component.0
    }
}

/// Files to upload; since 4.0, one a screen.
///
/// See [Cloud API/Flows components], document picker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentPicker(Component);

impl DocumentPicker {
    /// With its required parts.
    pub fn new(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self(
            Component::new(ComponentKind::DocumentPicker)
                .text("name", name)
                .text("label", label),
        )
    }

    /// A description of at most 300 characters.
    #[must_use]
    pub fn description(self, description: impl Into<String>) -> Self {
        Self(self.0.text("description", description))
    }

    /// The most kilobytes of a file; 25600 if not given.
    #[must_use]
    pub fn max_file_size_kb(self, max_file_size_kb: impl Into<Bound<u32>>) -> Self {
        Self(self.0.number("max-file-size-kb", max_file_size_kb))
    }

    /// The fewest files; 0 makes it optional.
    #[must_use]
    pub fn min_uploaded_documents(self, min_uploaded_documents: impl Into<Bound<u32>>) -> Self {
        Self(
            self.0
                .number("min-uploaded-documents", min_uploaded_documents),
        )
    }

    /// The most files; 30 if not given.
    #[must_use]
    pub fn max_uploaded_documents(self, max_uploaded_documents: impl Into<Bound<u32>>) -> Self {
        Self(
            self.0
                .number("max-uploaded-documents", max_uploaded_documents),
        )
    }

    /// The media types that may be chosen.
    #[must_use]
    pub fn allowed_mime_types(self, allowed_mime_types: Vec<String>) -> Self {
        Self(self.0.set("allowed-mime-types", allowed_mime_types))
    }

    /// Says whether it can be used.
    #[must_use]
    pub fn enabled(self, enabled: impl Into<Bound<bool>>) -> Self {
        Self(self.0.flag("enabled", enabled))
    }

    /// Says whether it is shown.
    #[must_use]
    pub fn visible(self, visible: impl Into<Bound<bool>>) -> Self {
        Self(self.0.flag("visible", visible))
    }

    /// What is wrong with the value; outside a form only, since 4.0.
    #[must_use]
    pub fn error_message(self, error_message: impl Into<String>) -> Self {
        Self(self.0.text("error-message", error_message))
    }
}

impl From<DocumentPicker> for Component {
    fn from(component: DocumentPicker) -> Self {
        component.0
    }
}

impl Default for ImageCarousel {
    fn default() -> Self {
        Self::new()
    }
}

/// How an image fits into its frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScaleType {
    /// Whole, with space around it.
    Contain,
    /// Cut to fill the frame.
    Cover,
}

impl ScaleType {
    /// The value as it stands in the JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Contain => "contain",
            Self::Cover => "cover",
        }
    }
}

/// Where photos may come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PhotoSource {
    /// Either.
    CameraOrGallery,
    /// The camera only.
    Camera,
    /// The gallery only.
    Gallery,
}

impl PhotoSource {
    /// The value as it stands in the JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CameraOrGallery => "camera_gallery",
            Self::Camera => "camera",
            Self::Gallery => "gallery",
        }
    }
}
