import Testing

@testable import BlobStores

/// S3 responses, well-formed and malformed.
@Suite struct XMLElementTests {
    private func element(_ text: String) throws -> XMLElement {
        try XMLElement(parsing: Array(text.utf8))
    }

    @Test func `elements, their text and their order are kept`() throws {
        let root = try element(
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <List xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>a &amp; b</Name>
            <Item><Key>eins</Key></Item><Item><Key>zw&#xF6;lf &lt;12&gt;</Key></Item></List>
            """)
        #expect(root.name == "List")
        #expect(root["Name"] == "a & b")
        #expect(root.all("Item").map { $0["Key"] } == ["eins", "zwölf <12>"])
        #expect(root["Missing"] == nil)
        #expect(root.all("Missing").isEmpty)
    }

    @Test(arguments: [
        "", "   ", "<a>", "<a></b>", "text", "<a/><b/>", "<a>&unknown;</a>", "<a>\u{0}</a>",
        #"<!DOCTYPE a><a/>"#,
        #"<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "&x;&x;">]><a>&z;</a>"#,
        #"<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>"#,
    ])
    func `XML that is not a plain document is refused`(text: String) {
        #expect(throws: XMLElement.Malformed.self) { try element(text) }
    }

    @Test func `nesting is bounded`() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "<a>", count: depth) + String(repeating: "</a>", count: depth)
        }
        _ = try element(nested(XMLElement.depthMax))
        #expect(throws: XMLElement.Malformed.self) {
            try element(nested(XMLElement.depthMax + 1))
        }
        #expect(throws: XMLElement.Malformed.self) { try element(nested(100_000)) }
    }

    @Test func `a listing without required elements is an unreadable response`() throws {
        let listing = try S3Answers.listing(
            Array(
                """
                <ListBucketResult><IsTruncated>true</IsTruncated>
                <NextContinuationToken>t</NextContinuationToken><Contents><Key>k</Key>
                <LastModified>2026-01-02T03:04:05.678Z</LastModified></Contents>
                </ListBucketResult>
                """.utf8))
        #expect(listing.objects.map(\.key) == ["k"])
        #expect(listing.nextPage == "t")
        for text in [
            "<ListBucketResult/>",
            "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
            "<ListBucketResult><IsTruncated>false</IsTruncated><Contents/></ListBucketResult>",
        ] {
            #expect(throws: (any Error).self) { try S3Answers.listing(Array(text.utf8)) }
        }
    }
}
