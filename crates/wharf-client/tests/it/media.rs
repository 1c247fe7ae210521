//! Media: up from memory, file and stream; down within limits; gone after deletion.

use bytes::Bytes;
use futures_util::stream;
use tokio::fs::File;
use url::Url;
use wharf_client::{
    DownloadLimits, Error, ErrorClass, MediaError, MediaUpload, Problem, Sha256Sum,
};
use wharf_model::MediaId;

use crate::platform::{Platform, client, impatient};
use crate::wire::{SOON, Then, Wire};

/// Not one chunk, and not a multiple of any buffer.
const LENGTH: usize = 300_007;

fn pdf() -> Vec<u8> {
    b"%PDF-1.7 ".iter().copied().cycle().take(LENGTH).collect()
}

fn limits() -> DownloadLimits {
    DownloadLimits::up_to(1_000_000)
}

async fn fetch(
    platform: &Platform,
    id: &MediaId,
    limits: &DownloadLimits,
) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let downloaded = platform
        .client
        .media(id)
        .download(&mut bytes, limits)
        .await?;
    assert_eq!(downloaded.bytes, bytes.len() as u64);
    assert_eq!(downloaded.sha256, Sha256Sum::of(&bytes));
    assert_eq!(downloaded.mime_type.as_deref(), Some("application/pdf"));
    Ok(bytes)
}

#[tokio::test]
async fn a_file_goes_up_from_memory_disk_and_stream_and_comes_back() {
    let platform = Platform::start().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a name with spaces.pdf");
    tokio::fs::write(&path, pdf()).await.unwrap();
    let file = File::open(&path).await.unwrap();
    let pieces = || {
        let pieces = pdf()
            .chunks(7_001)
            .map(|piece| Ok(Bytes::copy_from_slice(piece)))
            .collect();
        stream::iter::<Vec<Result<Bytes, std::io::Error>>>(pieces)
    };

    for upload in [
        MediaUpload::from_bytes("application/pdf", pdf()),
        MediaUpload::from_file("application/pdf", file)
            .await
            .unwrap()
            .file_name("Ärger \"1\".pdf"),
        MediaUpload::from_stream("application/pdf", pieces(), Some(LENGTH as u64)),
        MediaUpload::from_stream("application/pdf", pieces(), None),
    ] {
        let id = platform.number().upload(upload).await.unwrap();
        let info = platform.client.media(&id).get().await.unwrap();
        assert_eq!(info.id, id);
        assert_eq!(info.file_size, Some(LENGTH as u64));
        assert_eq!(info.sha256, Some(Sha256Sum::of(&pdf())));
        assert!(fetch(&platform, &id, &limits()).await.unwrap() == pdf());
    }
}

#[tokio::test]
async fn a_stream_that_breaks_uploads_nothing() {
    let platform = Platform::start().await;
    let broken = stream::iter([
        Ok(Bytes::from_static(b"%PDF-1.7 and so on")),
        Err(std::io::Error::other("the disk is gone")),
    ]);
    let upload = MediaUpload::from_stream("application/pdf", broken, Some(100));
    let error = platform.number().upload(upload).await.unwrap_err();
    assert!(error.outcome_unknown(), "{error:?}");
}

#[tokio::test]
async fn a_mime_type_that_is_none_is_refused_here() {
    let platform = Platform::start().await;
    let upload = MediaUpload::from_bytes("no mime", pdf());
    let error = platform.number().upload(upload).await.unwrap_err();
    assert!(matches!(error, Error::Request(_)) && error.was_not_sent());
}

#[tokio::test]
async fn a_download_must_have_the_sum_in_hex_or_base64() {
    let platform = Platform::start().await;
    let id: MediaId = "31415926".parse().unwrap();
    platform
        .simulator()
        .put_media(id.as_str(), "application/pdf", pdf());

    let sum = Sha256Sum::of(&pdf());
    for text in [
        sum.to_string(),
        sum.to_string().to_uppercase(),
        sum.to_base64(),
    ] {
        let limits = limits().with_sha256(text.parse().unwrap());
        assert_eq!(
            fetch(&platform, &id, &limits).await.unwrap().len(),
            LENGTH,
            "{text}"
        );
    }

    let wrong = Sha256Sum::of(b"another file");
    let error = fetch(&platform, &id, &limits().with_sha256(wrong))
        .await
        .unwrap_err();
    let Error::Media(MediaError::Checksum { expected, actual }) = error else {
        panic!("{error:?}")
    };
    assert_eq!((expected, actual), (wrong, sum));
}

#[tokio::test]
async fn a_file_over_the_cap_is_not_taken() {
    let platform = Platform::start().await;
    let id: MediaId = "31415926".parse().unwrap();
    platform
        .simulator()
        .put_media(id.as_str(), "application/pdf", pdf());
    let exact = DownloadLimits::up_to(LENGTH as u64);
    assert_eq!(fetch(&platform, &id, &exact).await.unwrap().len(), LENGTH);

    let limits = DownloadLimits::up_to(LENGTH as u64 - 1);
    let mut bytes = Vec::new();
    let error = platform
        .client
        .media(&id)
        .download(&mut bytes, &limits)
        .await
        .unwrap_err();
    assert!(
        matches!(error, Error::Media(MediaError::TooLarge { .. })),
        "{error:?}"
    );
    assert!(bytes.is_empty(), "refused by its announced length");
}

#[tokio::test]
async fn the_cap_holds_when_no_length_is_announced() {
    let chunk = format!("3e8\r\n{}\r\n", "x".repeat(1000));
    let answer = format!(
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{}",
        chunk.repeat(50)
    );
    let wire = Wire::answer(answer, Then::FallSilent).await;
    let mut bytes = Vec::new();
    let limits = DownloadLimits::up_to(10_500);
    let error = client(&wire.url())
        .download(&wire.url(), &mut bytes, &limits)
        .await
        .unwrap_err();
    assert!(
        matches!(error, Error::Media(MediaError::TooLarge { limit: 10_500 })),
        "{error:?}"
    );
    assert!(bytes.len() <= 10_500, "{}", bytes.len());
}

#[tokio::test]
async fn a_download_that_stops_says_how_far_it_came() {
    let cut = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n0123456789";
    for then in [Then::Close, Then::FallSilent] {
        let wire = Wire::answer(cut, then).await;
        let client = match then {
            Then::Close => client(&wire.url()),
            Then::FallSilent => impatient(&wire.url(), SOON),
        };
        let mut bytes = Vec::new();
        let error = client
            .download(&wire.url(), &mut bytes, &limits())
            .await
            .unwrap_err();
        assert_eq!(error.is_timeout(), matches!(then, Then::FallSilent));
        let Error::Media(MediaError::Interrupted { received: 10, .. }) = error else {
            panic!("{error:?}")
        };
    }
}

#[tokio::test]
async fn the_token_goes_to_no_foreign_host_and_along_no_redirect() {
    let foreign = Wire::answer("", Then::Close).await;
    let platform = Platform::start().await;
    let mut bytes = Vec::new();
    let error = platform
        .client
        .download(&foreign.url(), &mut bytes, &limits())
        .await
        .unwrap_err();
    assert!(
        matches!(error, Error::Media(MediaError::Host { .. })),
        "{error:?}"
    );

    let redirect = format!("HTTP/1.1 302 Found\r\nlocation: {}\r\n\r\n", foreign.url());
    let wire = Wire::answer(redirect, Then::Close).await;
    let error = client(&wire.url())
        .download(&wire.url(), &mut bytes, &limits())
        .await
        .unwrap_err();
    let Error::Response(response) = error else {
        panic!("{error:?}")
    };
    assert_eq!(response.problem, Problem::Redirect);
    assert_eq!(foreign.connections(), 0);
}

#[tokio::test]
async fn deleted_media_is_gone() {
    let platform = Platform::start().await;
    let upload = MediaUpload::from_bytes("application/pdf", pdf());
    let id = platform.number().upload(upload).await.unwrap();
    let media = platform.client.media(&id);
    let url: Url = media.get().await.unwrap().url;
    media.delete().await.unwrap();

    let error = media.get().await.unwrap_err();
    assert_eq!(error.class(), Some(ErrorClass::FixRequest), "{error:?}");
    let error = platform
        .client
        .download(&url, &mut Vec::new(), &limits())
        .await
        .unwrap_err();
    assert!(
        !matches!(error, Error::Media(_)) && !error.outcome_unknown(),
        "{error:?}"
    );
}
