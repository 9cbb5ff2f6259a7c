import Domain
import Parsers
import Pipeline
import Testing

/// How mails, mailboxes and saved pages are read.
@Suite(.timeLimit(.minutes(5))) struct MailTests {
    private static let headers = """
        From: "Lind, Rosa" <rosa@example.org>
        To: karl@example.org,
         Ines <ines@example.org>
        Date: Tue, 3 Mar 2026 09:12:00 +0100 (CET)
        MIME-Version: 1.0

        """

    @Test func `a mail is its headers and its plain text, decoded`() async throws {
        let mail = """
            Subject: =?utf-8?q?=C3=9Cberweisung_f?= =?utf-8?b?w7xy?= Los 12
            \(Self.headers)Content-Type: text/plain; charset=iso-8859-1
            Content-Transfer-Encoding: quoted-printable

            Sch=F6ne Gr=FC=
            =DFe

            R.
            """
        #expect(
            try await Sandbox.markdown(mail, as: .mail) == """
                # Überweisung für Los 12

                From: Lind, Rosa <rosa@example.org>
                To: karl@example.org, Ines <ines@example.org>
                Date: 2026-03-03 09:12:00 +01:00

                Schöne Grüße

                R.

                """)
    }

    @Test(arguments: [
        ("=?windows-1251?B?z/Do4uXy?=", "Привет"),
        ("=?iso-2022-jp?B?GyRCJDMkcxsoQg==?=", "こん"),
        ("=?utf-8*de?Q?caf=C3=A9?=", "café"),
        ("=?utf-8?Q?caf=C3?= =?utf-8?Q?=A9?=", "café"),
        ("plain =?x-unknown?Q?abc?= =?broken", "plain abc =?broken"),
        ("raw Grüße", "raw Grüße"),
    ])
    func `a subject is decoded`(encoded: String, subject: String) async throws {
        let mail = "Subject: \(encoded)\r\n\r\nbody\r\n"
        let text = try await Sandbox.markdown(mail, as: .mail)
        #expect(text == "# \(subject)\n\nbody\n")
    }

    @Test func `of two forms of a text one is read, and files are named`() async throws {
        let mail = """
            Subject: Lots
            Content-Type: multipart/mixed; boundary="a b"

            not shown
            --a b
            Content-Type: multipart/alternative; boundary=inner

            --inner
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: base64

            NC4zMTAg4oKsIGFtIE1vbnRhZw==
            --inner
            Content-Type: text/html

            <p>4.310 &euro; am <b>Montag</b></p>
            --inner--
            --a b
            Content-Type: text/csv
            Content-Disposition: attachment;
             filename*0*=utf-8''l%C3%B6ts;
             filename*1=.csv

            lot,amount
            --a b
            Content-Type: application/pgp-signature; name=signature.asc

            abcdef
            --a b--
            """
        #expect(
            try await Sandbox.markdown(mail, as: .mail)
                == "# Lots\n\n4.310 € am Montag\n\nAttachments: löts.csv\n")
    }

    @Test func `a page is read if the plain text only refers to it`() async throws {
        let mail = """
            Subject: News
            Content-Type: multipart/alternative; boundary=x

            --x
            Content-Type: text/plain

            See the page.
            --x
            Content-Type: text/html; charset=windows-1252

            <style>p { color: red }</style><h2>Harbour</h2>
            <p>The crane at berth seven is closed from May until the end of the summer.</p>
            --x--
            """
        #expect(
            try await Sandbox.markdown(mail, as: .mail) == """
                # News

                ## Harbour

                The crane at berth seven is closed from May until the end of the summer.

                """)
    }

    @Test func `a forwarded message is a section of its own`() async throws {
        let mail = """
            Subject: Fwd
            Content-Type: multipart/mixed; boundary=x

            --x

            See below.
            --x
            Content-Type: message/rfc822

            Subject: Inner
            From: a@example.org

            The inner text.
            --x--
            """
        #expect(
            try await Sandbox.markdown(mail, as: .mail)
                == "# Fwd\n\nSee below.\n\n## Inner\n\nFrom: a@example.org\n\nThe inner text.\n")
    }

    @Test(arguments: [
        "Subject: s\nContent-Type: multipart/mixed; boundary=none\n\nthe body",
        "Subject: s\nContent-Type: multipart/mixed\n\n--guess\n\nthe body\n--guess--",
        "Subject: s\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nthe body",
        "Subject: s\nthe body",
        "\n\nSubject: s\n\nthe body",
        "From x Mon Jan  5 10:00:00 2026\nSubject: s\n\nthe body",
    ])
    func `a malformed mail keeps its text`(mail: String) async throws {
        #expect(try await Sandbox.markdown(mail, as: .mail) == "# s\n\nthe body\n")
    }

    @Test func `soft line breaks are joined, and blocks of PGP are left out`() async throws {
        let mail = """
            Content-Type: text/plain; format=flowed

            -----BEGIN PGP SIGNED MESSAGE-----
            Hash: SHA256

            One sentence \("")
            over two lines.
            -----BEGIN PGP SIGNATURE-----

            iQEzBAEBCAAdFiEE
            -----END PGP SIGNATURE-----
            """
        #expect(
            try await Sandbox.markdown(mail, as: .mail) == "One sentence over two lines.\n")
    }

    @Test func `an encrypted mail is refused`() async {
        for type in ["multipart/encrypted; boundary=x", "application/pkcs7-mime; name=smime.p7m"] {
            let mail = "Subject: s\nContent-Type: \(type)\n\n--x\n\nabc\n--x--\n"
            let failure = await Sandbox.failure(Array(mail.utf8), as: .mail)
            #expect(failure?.code == .document(.encrypted))
        }
    }

    @Test func `parts inside parts end at a bound`() async throws {
        var mail = "Subject: deep\n"
        for depth in 0..<2_000 {
            mail += "Content-Type: multipart/mixed; boundary=b\(depth)\n\n--b\(depth)\n"
        }
        mail += "\ntext\n"
        #expect(try await Sandbox.markdown(mail, as: .mail) == "# deep\n")
    }

    @Test func `each message of a mailbox is a section, in order`() async throws {
        let mailbox = """
            From a@example.org Tue Mar  3 09:12:00 2026
            Subject: First

            From here on, see below.
            >From the start.

            From b@example.org Wed Mar  4 10:00:00 2026
            Subject: Second

            Yes.
            """
        #expect(
            try await Sandbox.markdown(mailbox, as: .mailbox) == """
                # First

                From here on, see below.
                From the start.

                # Second

                Yes.

                """)
    }

    @Test func `a saved page is the page that it names, without its pictures`() async throws {
        let page = """
            From: <Saved by Blink>
            Subject: Ferry
            Content-Type: multipart/related; type="text/html"; start="<two>"; boundary="B"

            --B
            Content-Type: text/html
            Content-ID: <one>

            <p>An advertisement.</p>
            --B
            Content-Type: text/html; charset=utf-8
            Content-Transfer-Encoding: quoted-printable
            Content-ID: <two>

            <html><body><p>The ferry to Sk=C3=A5r leaves at 7=3A20.</p></body></html>
            --B
            Content-Type: image/png
            Content-Transfer-Encoding: base64

            iVBORw0KGgo=
            --B--
            """
        #expect(
            try await Sandbox.markdown(page, as: .savedPage)
                == "# Ferry\n\nThe ferry to Skår leaves at 7:20.\n")
    }
}
