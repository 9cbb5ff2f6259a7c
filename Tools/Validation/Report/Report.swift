/// The report of a run, in Markdown.
package struct Report: Sendable {
    /// The machine of the run, as in `2 cores, …, PostgreSQL 18.4`.
    package var machine: String
    package var outcomes: [Outcome]
    package var figures: [Figure]

    package init(machine: String, outcomes: [Outcome], figures: [Figure]) {
        self.machine = machine
        self.outcomes = outcomes
        self.figures = figures
    }

    package var text: String {
        ([head] + suites + appendices + [secondTable]).joined(separator: "\n\n") + "\n"
    }

    private var head: String {
        """
        # Validation

        `make validate` runs the acceptance scenarios of the earlier system with the shipped
        programs on a real PostgreSQL and the embedded broker, and writes this report. Each verdict
        is computed from the measured values.

        - \(outcomes.count(where: \.holds)) of \(Scenario.allCases.count) scenarios hold.
        - Machine: \(machine).
        - Names: `chunks_count` of the earlier system's `finalized` event is `chunks` here, and its
          kind of completion is the event's `code`, `from_stage`, `from_state` and `worker`. The
          fields of `last_error` (`error_type`, `message`, `timestamp`, `retry_count`) have the same
          names.
        """
    }

    private var suites: [String] {
        Scenario.Suite.allCases.compactMap { suite in
            let rows = outcomes.filter { $0.scenario.suite == suite }.map { outcome in
                MarkdownTable.row([
                    "\(outcome.scenario.rawValue)", outcome.scenario.title, outcome.done,
                    outcome.expected, outcome.measured.joined(separator: "; "),
                    outcome.holds ? "holds" : "**fails**",
                ])
            }
            guard !rows.isEmpty else { return nil }
            return
                (["## \(suite.rawValue)", ""]
                + MarkdownTable.head(
                    ["", "scenario", "done", "expected", "measured", "verdict"]) + rows)
                .joined(separator: "\n")
        }
    }

    private var appendices: [String] {
        outcomes.compactMap { outcome in
            outcome.appendix.map {
                "### \(outcome.scenario.rawValue). \(outcome.scenario.title)\n\n\($0)"
            }
        }
    }

    private var secondTable: String {
        """
        ## The earlier system's figures

        *There* is what the earlier system stated. *Here* is the time of each call of a shipped SQL
        file over a session set up as a worker's (statements are planned once), as PostgreSQL logs
        it (`log_min_duration_statement = 0`): bind and execution with triggers, without the network
        and without the commit, which has a row of its own. Alone: 500 to 800 calls, one item each.
        In sets: 30 calls, as workers share statements when jobs come at once; their p99 is the
        slowest call. The code has no sets where these cells are empty. The tables also hold 10,000
        finished jobs with 10 events each.

        \(Figure.table(figures))
        """
    }
}
