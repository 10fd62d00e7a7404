using System.Globalization;
using TspActors.Peer.Terminal;
using TspActors.Protocol;

namespace TspActors.Peer.Searching;

/// <summary>A condition on a number: <c>1999</c>, <c>1990-1999</c>, <c>1990-</c>, <c>&gt;=256</c>, <c>&lt;128</c>.</summary>
/// <param name="From">The smallest number in the range.</param>
/// <param name="To">The largest number in the range.</param>
internal readonly record struct NumberRange(uint From, uint To)
{
    /// <summary>Parses a condition.</summary>
    /// <param name="field">The name of the field, for the error message.</param>
    /// <param name="text">The condition.</param>
    /// <param name="greatest">The largest number that is accepted.</param>
    /// <exception cref="CommandException">The text is not a valid condition.</exception>
    public static NumberRange Parse(string field, string text, uint greatest)
    {
        var range = text switch
        {
            ['>', '=', .. var least] => Between(least, ""),
            ['<', '=', .. var most] => Between("", most),
            ['>', .. var below] => Between(below, "") is { } above ? above with { From = above.From + 1 } : null,
            ['<', .. var above] => Between("", above) is { To: > 0 } below ? below with { To = below.To - 1 } : null,
            _ when text.IndexOf('-', StringComparison.Ordinal) is var dash and >= 0 => Between(text[..dash], text[(dash + 1)..]),
            _ => Between(text, text),
        };
        return range is { } found && found.From <= found.To ? found : throw new CommandException(
            $"{field}:{SafeText.Clean(text)} is not a number or a range; write {field}:N, {field}:N-M, {field}:>=N or {field}:<N");

        NumberRange? Between(string from, string to)
        {
            uint least = 1;
            var most = greatest;
            return (from.Length > 0 || to.Length > 0) && Read(from, ref least) && Read(to, ref most) ? new NumberRange(least, most) : null;
        }

        bool Read(string digits, ref uint number) =>
            digits.Length == 0
            || (uint.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= greatest);
    }

    /// <summary>Returns a function that tests whether a song meets this condition. A song that lacks the number never does.</summary>
    public Func<Song, bool> Holds(Func<Song, uint> number)
    {
        var (from, to) = (Math.Max(1, From), To);
        return song => number(song) is var value && value >= from && value <= to;
    }
}
