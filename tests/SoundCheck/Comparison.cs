namespace TspActors.SoundCheck;

/// <summary>Compares a recording of a <see cref="Scenario"/> with the samples of its songs.</summary>
internal static class Comparison
{
    private const int Rate = 44_100;
    private const double Piece = 0.5;

    /// <summary>The smallest correlation of a piece that counts as heard.</summary>
    private const double Heard = 0.99;

    /// <summary>Checks that everything that had to be heard was heard, in this order.</summary>
    public static int OfScenario(string recording, string a, string b, string c)
    {
        var finder = new Finder(Finder.Load(recording));
        var (first, second, third) = (Finder.Load(a), Finder.Load(b), Finder.Load(c));
        // Sound near a pause or a seek is left out, because the exact samples at which they happen are not known.
        var before = Report(finder, "before the pause", Pieces(first, 0.1, 2.6));
        var after = Report(finder, "after the pause", Pieces(first, 3.4, 4.6));
        var sought = Report(finder, "after the seek", Pieces(first, 8.4, 9.9));
        var change = Report(finder, "across the change of song", [.. Join(first, second)]);
        var next = Report(finder, "the next song", Pieces(second, 0.25, 5.75));
        var format = Report(finder, "the song in another format", Pieces(third, 0.3, 2.7));
        var pause = (after.First - before.Last) / (double)Rate - ((3.4 - 2.1) - Piece);
        Console.WriteLine($"{"silence during the pause",-30} {pause:0.00} s");
        var inOrder = before.Last < after.First && after.Last < sought.First && sought.Last < change.First
            && change.Last < next.Last && next.Last < format.First;
        Console.WriteLine($"{"order",-30} {(inOrder ? "right" : "WRONG")}");
        return inOrder && new[] { before, after, sought, change, next, format }.All(part => part.Worst >= Heard) ? 0 : 1;
    }

    /// <summary>Checks that the last seconds of a song were heard.</summary>
    public static int OfTheEnd(string recording, string a)
    {
        var song = Finder.Load(a);
        var length = song.Length / (double)Rate;
        return Report(new Finder(Finder.Load(recording)), "after the device was back", Pieces(song, length - 1.6, length - 0.1)).Worst >= Heard ? 0 : 1;
    }

    /// <summary>Checks that a song was heard from its start to its end.</summary>
    public static int OfTheWhole(string recording, string a)
    {
        var song = Finder.Load(a);
        var length = song.Length / (double)Rate;
        return Report(new Finder(Finder.Load(recording)), "the whole song", Pieces(song, 0.1, length - 0.1)).Worst >= Heard ? 0 : 1;
    }

    private static (int First, int Last, double Worst) Report(Finder finder, string what, List<float[]> pieces)
    {
        var found = pieces.Select(piece => finder.Find(piece)).ToList();
        var steps = found.Zip(found.Skip(1), (one, next) => next.Position - one.Position - (int)(Piece * Rate)).ToList();
        var worst = found.Min(piece => piece.Correlation);
        var drift = steps.Count == 0 ? 0 : steps.Max(Math.Abs);
        Console.WriteLine($"{what,-30} correlation {worst:0.000000}, pieces {pieces.Count}, drift {drift} samples{(worst >= Heard ? "" : $"   NOT HEARD: {string.Join(' ', found.Select(piece => $"{piece.Correlation:0.00}"))}")}");
        return (found[0].Position, found[^1].Position, worst);
    }

    private static List<float[]> Pieces(float[] song, double from, double to)
    {
        var pieces = new List<float[]>();
        for (var at = from; at + Piece <= to + 1e-9; at += Piece)
            pieces.Add(song[(int)(at * Rate)..(int)((at + Piece) * Rate)]);
        return pieces;
    }

    // The last quarter of a second of one song and the first of the next: heard only if nothing is between them.
    private static IEnumerable<float[]> Join(float[] first, float[] second)
    {
        const int half = Rate / 4;
        yield return [.. first[^half..], .. second[..half]];
    }
}
