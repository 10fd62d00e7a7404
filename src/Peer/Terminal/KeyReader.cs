using Akka.Actor;
using TspActors.Peer.Tracking;

namespace TspActors.Peer.Terminal;

/// <summary>Reads lines from a keyboard, key by key: with history, and Tab for verbs and titles. Used by the one thread that reads.</summary>
internal sealed class KeyReader
{
    private const string Prompt = "tsp> ";

    // Whoever presses Tab waits for it.
    private static readonly TimeSpan TitlesDeadline = TimeSpan.FromSeconds(1);

    private readonly PeerNode _peer;
    private readonly Screen _screen;
    private readonly History? _history;
    private readonly LineBuffer _line;

    public KeyReader(PeerNode peer, Screen screen)
    {
        _peer = peer;
        _screen = screen;
        _history = Load(peer, screen);
        _line = new LineBuffer(_history?.Lines);
    }

    /// <summary>The next line.</summary>
    public string ReadLine()
    {
        while (true)
        {
            _screen.ShowPrompt(Prompt + _line.Text, Prompt.Length + _line.Cursor);
            if (_line.Take(Console.ReadKey(intercept: true), Complete) is not { } line)
                continue;
            _screen.ShowPrompt(null, 0);
            _screen.Result(Prompt + line);
            Remember(line);
            return line;
        }
    }

    private static History? Load(PeerNode peer, Screen screen)
    {
        try
        {
            return peer.HistoryPath is { } path ? History.Load(path) : null;
        }
        catch (IOException error)
        {
            screen.Note($"what was typed before is not known: {error.Message}");
            return null;
        }
    }

    private void Remember(string line)
    {
        try
        {
            _history?.Add(line);
        }
        catch (IOException error)
        {
            _screen.Note($"what was typed is not kept: {error.Message}");
        }
    }

    private string Complete(string line)
    {
        var (completed, options) = Completion.Of(line, FindTitles);
        foreach (var option in options.Count > 0 && completed == line ? options : [])
            _screen.Note("  " + Cells.Cut(SafeText.Of(option), Screen.Width - 4));
        return completed;
    }

    private IReadOnlyList<string> FindTitles(string beginning, int most)
    {
        try
        {
            return [.. _peer.TrackerLink.Ask<Titles>(new FindTitles(beginning, most), TitlesDeadline).GetAwaiter().GetResult().Fitting.Select(SafeText.Of)];
        }
        catch (AskTimeoutException)
        {
            // Then Tab does nothing this time.
            return [];
        }
    }
}
