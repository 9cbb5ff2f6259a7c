import Domain
import Pipeline
import Testing

/// Tables of PDFs, with and without rules, and what only looks like one.
@Suite(.timeLimit(.minutes(5))) struct PDFTableTests {
    private func markdown(_ pages: [PDFPage]) async throws -> String {
        try await Sandbox.parse(PDFFile.document(pages), as: .pdf).markdown
    }

    private func markdown(_ draw: (inout PDFPage) -> Void) async throws -> String {
        var page = PDFPage()
        draw(&page)
        return try await markdown([page])
    }

    @Test func `a table with rules has a line per row and keeps empty cells`() async throws {
        let text = try await markdown { page in
            page.text("Limits of 2026", x: 72, y: 730)
            page.grid(
                [["Item", "Limit", "Note"], ["Tin", "4", ""], ["Zinc", "", "none"]], top: 710)
        }
        #expect(
            text == """
                Limits of 2026

                | Item | Limit | Note |
                | --- | --- | --- |
                | Tin | 4 |  |
                | Zinc |  | none |

                """)
    }

    @Test func `the lines of a cell are one text`() async throws {
        let text = try await markdown { page in
            for y in [700, 670, 640] { page.rule(fromX: 72, y: y, toX: 372, toY: y) }
            for x in [72, 172, 372] { page.rule(fromX: x, y: 640, toX: x, toY: 700) }
            page.text("Part", x: 76, y: 685)
            page.text("Remark", x: 176, y: 685)
            page.text("Valve", x: 76, y: 660)
            page.text("to be checked each sum-", x: 176, y: 660)
            page.text("mer by the owner", x: 176, y: 648)
        }
        #expect(text.contains("| Valve | to be checked each summer by the owner |"))
    }

    @Test func `a cell merged over columns counts for each of them`() async throws {
        let text = try await markdown { page in
            page.box(x: 72, y: 680, width: 100, height: 20)
            page.box(x: 172, y: 680, width: 200, height: 20)
            page.text("2026", x: 250, y: 686)
            page.grid([["Site", "Plan", "Actual"], ["Bodo", "4", "5"]], top: 680)
        }
        #expect(
            text == """
                | Site | 2026 Plan | 2026 Actual |
                | --- | --- | --- |
                | Bodo | 4 | 5 |

                """)
    }

    @Test func `a table that goes on over a page repeats its heading only once`() async throws {
        var first = PDFPage()
        first.grid([["Item", "Limit"], ["Tin", "4"], ["Zinc", "6"]], top: 130)
        var second = PDFPage()
        second.grid([["Item", "Limit"], ["Lead", "7"]], top: 720)
        second.text("The end of the list is on this page.", x: 72, y: 600)
        #expect(
            try await markdown([first, second]) == """
                | Item | Limit |
                | --- | --- |
                | Tin | 4 |
                | Zinc | 6 |\u{c}| Lead | 7 |

                The end of the list is on this page.

                """)
    }

    @Test func `two tables with different headings on two pages stay two`() async throws {
        var first = PDFPage()
        first.grid([["Item", "Limit"], ["Tin", "4"]], top: 130)
        var second = PDFPage()
        second.grid([["Site", "Crew", "Days"], ["Bodo", "7", "3"]], top: 720)
        let text = try await markdown([first, second])
        #expect(text.contains("| Tin | 4 |\n\u{c}| Site | Crew | Days |\n| --- | --- | --- |"))
    }

    @Test(arguments: ["row by row", "column by column"])
    func `columns under each other are a table, however they are drawn`(
        order: String
    ) async throws {
        let rows = [
            ["Quarter", "Revenue", "Margin"], ["Q1", "4.1", "27 %"], ["Q2", "", "33 %"],
            ["Q3", "5.2", "31 %"],
        ]
        let text = try await markdown { page in
            if order == "row by row" {
                page.columns(rows, top: 700)
            } else {
                for column in rows[0].indices {
                    page.columns(rows.map { [$0[column]] }, x: 72 + column * 100, top: 700)
                }
            }
        }
        #expect(
            text == """
                | Quarter | Revenue | Margin |
                | --- | --- | --- |
                | Q1 | 4.1 | 27 % |
                | Q2 |  | 33 % |
                | Q3 | 5.2 | 31 % |

                """)
    }

    @Test func `rules above and below the heading are enough for a table of texts`() async throws {
        let text = try await markdown { page in
            for y in [715, 695, 630] { page.rule(fromX: 72, y: y, toX: 372, toY: y) }
            page.columns(
                [
                    ["Harbour", "Ferry", "Owner"], ["Bodo", "north line", "state"],
                    ["Moss", "fjord line", "county"], ["Skagen", "island line", "town"],
                ], top: 702)
        }
        #expect(text.hasPrefix("| Harbour | Ferry | Owner |\n| --- | --- | --- |\n| Bodo | north"))
    }

    @Test func `a table inside a column of text is found there`() async throws {
        let text = try await markdown { page in
            for line in 0..<12 {
                page.text("The left column of the page has plain text", x: 40, y: 700 - line * 13)
            }
            for line in 0..<5 {
                page.text(
                    "and the right one has a table below its text", x: 330, y: 706 - line * 13)
            }
            for (row, cells) in [["Part", "Mass"], ["Bolt", "12"], ["Nut", "7"], ["Pin", "3"]]
                .enumerated()
            {
                page.text(cells[0], x: 330, y: 620 - row * 16)
                page.text(cells[1], x: 430, y: 620 - row * 16)
            }
        }
        #expect(text.contains("| Part | Mass |\n| --- | --- |\n| Bolt | 12 |\n| Nut | 7 |"))
        #expect(text.contains("plain text The left column"))
    }

    private static let notTables: [String: [[String]]] = [
        "contents": [
            ["Introduction to the harbour", "1"], ["Rules for visitors", "4"],
            ["Fees and their dates", "9"], ["Contacts", "12"],
        ],
        "numbered list": [
            ["1.", "Close the valve."], ["2.", "Wait for 5 minutes."], ["3.", "Open the drain."],
            ["4.", "Log the pressure."],
        ],
        "keys and values": [
            ["Name:", "Ada"], ["Street:", "Quay 4"], ["City:", "Bodo"], ["Phone:", "914 220 118"],
        ],
        "two addresses": [
            ["Halvorsen and Sons", "Museum of Ships"], ["Quay street", "Harbour road"],
            ["Bodo", "Moss"],
        ],
    ]

    @Test(arguments: notTables.keys.sorted())
    func `lists, contents and pairs are not tables`(kind: String) async throws {
        let rows = try #require(Self.notTables[kind])
        let text = try await markdown { page in
            for (row, cells) in rows.enumerated() {
                page.text(cells[0], x: 72, y: 700 - row * 16)
                page.text(cells[1], x: 240, y: 700 - row * 16)
            }
        }
        #expect(!text.contains("| ---"))
        #expect(rows.allSatisfy { text.contains($0[0]) && text.contains($0[1]) })
    }

    @Test func `code with aligned comments is not a table`() async throws {
        let text = try await markdown { page in
            page.text("The listing below sets the limits of the pump:", x: 72, y: 730)
            for (row, name) in ["low", "high", "rate", "stop"].enumerated() {
                page.code("\(name) = read\\(\\)", x: 72, y: 700 - row * 12)
                page.code("# the \(name) value", x: 260, y: 700 - row * 12)
            }
        }
        #expect(!text.contains("| ---"))
    }

    @Test func `a frame around text is not a table`() async throws {
        let text = try await markdown { page in
            page.box(x: 60, y: 600, width: 400, height: 120)
            page.box(x: 64, y: 604, width: 392, height: 112)
            for line in 0..<6 { page.text("A notice in a frame.", x: 72, y: 700 - line * 14) }
        }
        #expect(!text.contains("| ---"))
    }
}
