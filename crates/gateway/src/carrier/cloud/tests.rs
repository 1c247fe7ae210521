//! What an answer tells beside its outcome.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use wharf_model::AccessToken;

use super::*;

const ANSWER: &str = r#"{"messaging_product":"whatsapp","contacts":[{"input":"+16505551234",
    "wa_id":"16505551234"}],"messages":[{"id":"wamid.1"}]}"#;

#[tokio::test]
async fn budgets_are_told_with_the_answer_and_that_for_management_is_left_out() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let client = Client::builder(AccessToken::new("token").unwrap())
        .base_url(url.parse().unwrap())
        .build()
        .unwrap();
    let cloud = Cloud::new(client, "106540352242922".parse().unwrap());
    let answering = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"}") {
            assert_ne!(stream.read_buf(&mut request).await.unwrap(), 0);
        }
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
             x-app-usage: {{\"call_count\":12,\"total_time\":85,\"total_cputime\":3}}\r\n\
             x-business-use-case-usage: {{\"102\":[{{\"type\":\"messaging\",\"call_count\":97,\
             \"total_cputime\":1,\"total_time\":1,\"estimated_time_to_regain_access\":2}},\
             {{\"type\":\"whatsapp_business_management\",\"call_count\":100,\
             \"total_cputime\":1,\"total_time\":1}}]}}\r\n\r\n{ANSWER}",
            ANSWER.len()
        );
        stream.write_all(answer.as_bytes()).await.unwrap();
    };
    let (sent, ()) = tokio::join!(cloud.send("{}", "msg_1"), answering);
    assert!(matches!(sent.0, Outcome::Accepted { .. }), "{:?}", sent.0);
    let app = Used {
        account: None,
        percent: 85.0,
        regain_access: None,
    };
    let account = Used {
        account: Some("102".to_owned()),
        percent: 97.0,
        regain_access: Some(Duration::from_mins(2)),
    };
    assert_eq!(sent.1, [app, account]);
}
