using System.Text;
using System.Text.RegularExpressions;

namespace TspActors.EndToEnd.Tests.Programs;

/// <summary>Collects one output stream of a program and waits for expected text.</summary>
public sealed class Capture(Stream stream)
{
    private readonly Lock _turn = new();
    private readonly MemoryStream _written = new();
    private TaskCompletionSource _changed = New();
    private bool _hasEnded;

    public string Text => Encoding.UTF8.GetString(Bytes);

    public IReadOnlyList<string> Lines => Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public byte[] Bytes
    {
        get
        {
            lock (_turn)
                return _written.ToArray();
        }
    }

    /// <summary>Reads the stream to its end. Until this is called, nothing empties the program's pipe.</summary>
    public async Task ReadAsync()
    {
        var buffer = new byte[64 * 1024];
        int length;
        do
        {
            length = await stream.ReadAsync(buffer);
            TaskCompletionSource changed;
            lock (_turn)
            {
                _written.Write(buffer, 0, length);
                _hasEnded = length == 0;
                (changed, _changed) = (_changed, New());
            }

            changed.SetResult();
        }
        while (length > 0);
    }

    /// <summary>
    /// Waits for text that matches <paramref name="pattern"/> at character <paramref name="from"/> or later. Returns null if the output
    /// ends without a match.
    /// </summary>
    public async Task<Match?> FindAsync(Regex pattern, int from, CancellationToken deadline)
    {
        while (true)
        {
            Task changed;
            bool hasEnded;
            lock (_turn)
                (changed, hasEnded) = (_changed.Task, _hasEnded);
            var text = Text;
            if (from <= text.Length && pattern.Match(text, from) is { Success: true } match)
                return match;
            if (hasEnded)
                return null;
            await changed.WaitAsync(deadline);
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
