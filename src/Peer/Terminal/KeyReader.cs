using Akka.Actor;
using TspActors.Peer.Tracking;

namespace TspActors.Peer.Terminal;

/// <summary>Reads lines from a keyboard, key by key, with history and completion. Only the console's input thread uses it.</summary>
internal sealed class KeyReader
{
    private const string Prompt = "tsp> ";

    // This deadline is short because the user has pressed Tab and is waiting for the titles.
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

    /// <summary>Returns the next line from the keyboard.</summary>
    public string ReadLine()
    {
        while (true)
        {
            _screen.ShowPrompt(Prompt + _line.Text, Prompt.Length + _line.Cursor);
            if (_line.HandleKey(Console.ReadKey(intercept: true), Complete) is not { } line)
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
            screen.Note($"could not read the console history: {error.Message}");
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
            _screen.Note($"could not write the console history: {error.Message}");
        }
    }

    private string Complete(string line)
    {
        var (completed, choices) = Completer.Complete(line, FindTitles);
        foreach (var choice in completed == line ? choices : [])
            _screen.Note("  " + Cells.Cut(SafeText.Clean(choice), Screen.Width - 4));
        return completed;
    }

    private IReadOnlyList<string> FindTitles(string beginning, int most)
    {
        try
        {
            return [.. _peer.TrackerLink.Ask<Titles>(new FindTitles(beginning, most),
                TitlesDeadline).GetAwaiter().GetResult().Fitting.Select(SafeText.Clean)];
        }
        catch (AskTimeoutException)
        {
            // Without titles, Tab does nothing.
            return [];
        }
    }
}
