import Domain
import Parsers
import Pipeline
import Testing

/// Which rows of a sheet are headings, records, labels and text around tables.
@Suite(.timeLimit(.minutes(5))) struct SheetLayoutTests {
    /// The text of an XLSX, which is that of the same sheet as ODS, and as CSV if `alsoCSV`.
    private static func text(
        _ workbook: Workbook, alsoCSV: Bool = true, _ place: SourceLocation = #_sourceLocation
    ) async throws -> String {
        let xlsx = try await Sandbox.parse(workbook.xlsx, as: .xlsx).markdown
        let ods = try await Sandbox.parse(workbook.ods, as: .ods).markdown
        #expect(ods == xlsx, sourceLocation: place)
        let body = String(xlsx.dropFirst("## S\n\n".count))
        if alsoCSV {
            let csv = try await Sandbox.parse(workbook.csv, as: .csv).markdown
            #expect(csv == body, sourceLocation: place)
        }
        return body
    }

    @Test func `titles and pairs above a table become lines`() async throws {
        let apart = Workbook(
            """
            Monthly order report

            Prepared by | D. Okonjo
            Period | April 2026

            Order | Customer | Net
            O-71 | Silva | 1000
            O-72 | Aalto | 1017
            """)
        let expected = """
            Monthly order report
            Prepared by: D. Okonjo
            Period: April 2026

            | Order | Customer | Net |
            | --- | --- | --- |
            | O-71 | Silva | 1000 |
            | O-72 | Aalto | 1017 |

            """
        #expect(try await Self.text(apart) == expected)
        var together = apart
        together.grid.removeAll { $0.isEmpty }
        #expect(try await Self.text(together) == expected)
    }

    @Test(arguments: ["\n\n", "\n"])
    func `a second table below the first has its own heading row`(gap: String) async throws {
        let first = "Depot | Sandbags | Pumps\nAlta | 400 | 7\nBodo | 250 | 4"
        let second = "Staff | Hours | Rate\nNadia | 120 | 31\nOlaf | 88 | 28"
        #expect(
            try await Self.text(Workbook(first + gap + second)) == """
                | Depot | Sandbags | Pumps |
                | --- | --- | --- |
                | Alta | 400 | 7 |
                | Bodo | 250 | 4 |

                | Staff | Hours | Rate |
                | --- | --- | --- |
                | Nadia | 120 | 31 |
                | Olaf | 88 | 28 |

                """)
    }

    @Test func `figures of one year are never under the heading of another`() async throws {
        let block = { (year: Int) in
            """
            In millions | | | January to June \(year)
             | Sales | Profit | Impairment
            Alta | \(year)1 | 4 | 5
            Kiel | \(year)2 | 6 | 7
            """
        }
        let text = try await Self.text(Workbook(block(2026) + "\n" + block(2025)))
        let parts = text.split(separator: "In millions, January to June ")
        #expect(parts.count == 2)
        #expect(parts[0].hasPrefix("2026\n\n| | Sales | Profit | Impairment |\n"))
        #expect(parts[0].contains("| Kiel | 20262 | 6 | 7 |"))
        #expect(parts[1].contains("| Kiel | 20252 | 6 | 7 |"))
        #expect(!parts[0].contains("2025"))
    }

    @Test func `tables side by side are read one after the other`() async throws {
        let unequal = Workbook(
            """
            Stock | | | | Rota
            Depot | Bags | Pumps | | Staff | Hours
            Alta | 400 | 7 | | Nadia | 120
            Bodo | 250 | 4 | | Olaf | 88
            Cadiz | 100 | 2
            """)
        #expect(
            try await Self.text(unequal) == """
                Stock

                | Depot | Bags | Pumps |
                | --- | --- | --- |
                | Alta | 400 | 7 |
                | Bodo | 250 | 4 |
                | Cadiz | 100 | 2 |

                Rota

                | Staff | Hours |
                | --- | --- |
                | Nadia | 120 |
                | Olaf | 88 |

                """)
        let corners = Workbook(
            """
            Item | Qty
            Bolt | 5
            Nut | 7
             | | Staff | Hours
             | | Nadia | 120
             | | Olaf | 88
            """)
        let text = try await Self.text(corners)
        #expect(text.contains("| Item | Qty |\n| --- |"))
        #expect(text.contains("\n\n| Staff | Hours |\n| --- | --- |\n| Nadia | 120 |"))
    }

    @Test func `a statement with empty columns between its figures stays one table`() async throws {
        let statement = Workbook(
            """
            Zone | Sales | Profit | | Other | Impairment
            North | 12 | 3 | | 4 | 5
            South | 13 | 2 | | 6 | 7
            Total | 25 | 5 | | 10 | 12
            """)
        let text = try await Self.text(statement)
        #expect(text.hasPrefix("| Zone | Sales | Profit | | Other | Impairment |\n"))
        #expect(text.contains("\n| Total | 25 | 5 |  | 10 | 12 |\n"))
    }

    @Test func `two heading rows with groups become one`() async throws {
        let expected = """
            | Region | Depot | 2025 Plan | 2025 Actual | 2026 Plan | 2026 Actual |
            | --- | --- | --- | --- | --- | --- |
            | North | Alta | 10 | 12 | 14 | 13 |
            | North | Bodo | 20 | 19 | 22 | 25 |

            """
        let blanks = Workbook(
            """
            Region | | 2025 | | 2026 |
             | Depot | Plan | Actual | Plan | Actual
            North | Alta | 10 | 12 | 14 | 13
            North | Bodo | 20 | 19 | 22 | 25
            """)
        #expect(try await Self.text(blanks) == expected)
        var merged = Workbook(
            """
            Region | Depot | 2025 | | 2026 |
             | | Plan | Actual | Plan | Actual
            North | Alta | 10 | 12 | 14 | 13
             | Bodo | 20 | 19 | 22 | 25
            """)
        merged.merged = ["A1:A2", "B1:B2", "C1:D1", "E1:F1", "A3:A4"]
        #expect(try await Self.text(merged, alsoCSV: false) == expected)
    }

    @Test func `units and wrapped names below a heading belong to it`() async throws {
        let units = Workbook("Pipe | Length | Weight\n | mm | kg\nP1 | 5 | 10\nP2 | 6 | 20")
        #expect(try await Self.text(units).hasPrefix("| Pipe | Length mm | Weight kg |\n"))
    }

    @Test(arguments: [
        "O-1 | 2026-01-02 | Ulm | 10\nO-2 | 2026-01-03 | Faro | 12\nO-3 | 2026-01-04 | Cork | 14",
        "ann@example.org | Ann | Ulm\nbob@example.org | Bob | Faro\ncy@example.org | Cy | Ulm",
        "K11 | 1 | 13.02 | ok\nK17 | 2 | 20.1 | ok\nK11 | 3 | 9.05 | late",
        "a1 | red | open\na2 | blue | open\na3 | red | closed",
    ])
    func `records without a heading row have an empty one`(rows: String) async throws {
        let text = try await Self.text(Workbook(rows))
        let columns = rows.prefix { $0 != "\n" }.count { $0 == "|" } + 1
        let heading = String(repeating: "| ", count: columns) + "|\n"
        #expect(text.hasPrefix(heading))
        #expect(text.count { $0 == "\n" } == 5)
    }

    @Test(arguments: [
        ("Region | 2024 | 2025\nNorth | 10 | 12\nSouth | 20 | 22", "| Region | 2024 | 2025 |"),
        ("Name | Role | Place\nAnn | Dev | Ulm\nBob | Ops | Faro", "| Name | Role | Place |"),
        (
            "Staff | 1 | 2 | 3 | 4 | 5\nAnn | x | | x | | x\nBob | | x | | x |",
            "| Staff | 1 | 2 | 3 | 4 | 5 |"
        ),
    ])
    func `years, days and texts above other values are headings`(
        rows: String, heading: String
    ) async throws {
        #expect(try await Self.text(Workbook(rows)).hasPrefix(heading + "\n| --- |"))
    }

    @Test func `a record whose figures are words is not a heading`() async throws {
        let text = try await Self.text(
            Workbook(
                """
                Depot | Sales | Profit
                Alta | 5 | 6
                Bodo | closed | closed
                Cadiz | n/a | see note
                Faro | 9 | 1
                """))
        #expect(text.count { $0 == "\n" } == 6)
        #expect(text.contains("| Bodo | closed | closed |\n| Cadiz | n/a | see note |"))
    }

    @Test func `labels inside a table become lines below which the heading is repeated`()
        async throws
    {
        let expected = """
            Assets

            | Item | 2025 | 2026 |
            | --- | --- | --- |
            | Cash | 10 | 12 |

            Liabilities

            | Item | 2025 | 2026 |
            | --- | --- | --- |
            | Loans | 5 | 6 |

            """
        let bold = Workbook(
            "Item | 2025 | 2026\n*Assets*\nCash | 10 | 12\n*Liabilities*\nLoans | 5 | 6")
        #expect(try await Self.text(bold, alsoCSV: false) == expected)
        var merged = Workbook(
            "Item | 2025 | 2026\nAssets\nCash | 10 | 12\nLiabilities\nLoans | 5 | 6")
        merged.merged = ["A2:C2", "A4:C4"]
        #expect(try await Self.text(merged, alsoCSV: false) == expected)
        merged.merged = []
        let plain = try await Self.text(merged)
        #expect(plain.contains("| Assets |  |  |\n| Cash | 10 | 12 |"))
    }

    @Test func `records below a blank row continue the table, notes and pairs do not`()
        async throws
    {
        let text = try await Self.text(
            Workbook(
                """
                Depot | Jan | Feb
                Alta | 1 | 2
                Bodo | 3 | 4

                Cadiz | 5 | 6
                Total | 9 | 12

                Source: the water board and its 2026 report
                """))
        #expect(
            text == """
                | Depot | Jan | Feb |
                | --- | --- | --- |
                | Alta | 1 | 2 |
                | Bodo | 3 | 4 |
                | Cadiz | 5 | 6 |
                | Total | 9 | 12 |

                Source: the water board and its 2026 report

                """)
    }

    @Test func `a heading row that is repeated within a table is written once`() async throws {
        let rows = "Depot | Net | Gross\nA | 1 | 2\nB | 3 | 4\n"
        let text = try await Self.text(Workbook(rows + rows.replacing("A |", with: "C |")))
        #expect(text.split(separator: "| Depot | Net | Gross |").count == 1)
        #expect(text.contains("| B | 3 | 4 |\n| C | 1 | 2 |"))
    }

    @Test func `a table longer than the rows kept in memory has one heading row`() async throws {
        var rows = "Order | Net | | Key | Value\n"
        for row in 1...25_000 {
            rows += row < 4 ? "O-\(row) | \(row) | | k\(row) | \(row)\n" : "O-\(row) | \(row)\n"
        }
        let text = try await Sandbox.parse(Workbook(rows).xlsx, as: .xlsx).markdown
        // The side table interrupts the table once.
        #expect(text.split(separator: "| Order | Net |\n| --- | --- |\n").count == 3)
        #expect(text.contains("| Key | Value |\n| --- | --- |\n| k1 | 1 |"))
        #expect(text.contains("| O-12345 | 12345 |\n| O-12346 | 12346 |"))
        #expect(text.hasSuffix("| O-25000 | 25000 |\n"))
    }
}
