using TspActors.Peer.Terminal;

namespace TspActors.Peer.Diagnosis;

/// <summary>Formats findings as human-readable lines.</summary>
internal static class FindingText
{
    // The widths of the longest state and the longest name, each including a gap.
    private const int StateWidth = 9;
    private const int NameWidth = 12;

    /// <summary>
    /// Returns the line for a finding, and a second line if there is advice. On a terminal, each may wrap onto several lines.
    /// </summary>
    /// <param name="finding">The finding.</param>
    /// <param name="width">The width of the terminal; null if lines are not wrapped.</param>
    public static IEnumerable<string> Lines(Finding finding, int? width)
    {
        const int indent = StateWidth + NameWidth;
        var detail = $"{State(finding.State),-StateWidth}{finding.Check,-NameWidth}{SafeText.Clean(finding.Detail)}";
        return WordWrap.Hanging(detail, indent, width).Concat(
            finding.Advice.Length > 0 ? WordWrap.Hanging(new string(' ', indent) + SafeText.Clean(finding.Advice), indent, width) : []);
    }

    /// <summary>Returns the last line, which gives the number of problems and warnings.</summary>
    public static string Summary(IReadOnlyCollection<Finding> findings)
    {
        var problems = findings.Count(finding => finding.State == FindingState.Problem);
        var warnings = findings.Count(finding => finding.State == FindingState.Warning);
        return problems + warnings == 0
            ? "all is well"
            : $"{Counted.Text(problems, "problem")}, {Counted.Text(warnings, "warning")}";
    }

    private static string State(FindingState state) => state switch
    {
        FindingState.Ok => "ok",
        FindingState.Warning => "warning",
        _ => "problem",
    };
}
