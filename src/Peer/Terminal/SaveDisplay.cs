using TspActors.Peer.Saving;
using TspActors.Protocol;

namespace TspActors.Peer.Terminal;

/// <summary>Shows the progress of saves: a bar on a terminal, otherwise a line every few seconds.</summary>
internal sealed class SaveDisplay(Screen screen, TimeProvider time)
{
    // The time before the first line for a song, and between its lines. A song that is saved sooner gets no line.
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);

    private readonly Dictionary<int, Shown> _shown = [];

    /// <summary>Shows the current progress.</summary>
    public void Update(SavesStatus saves)
    {
        foreach (var gone in _shown.Keys.Where(id => saves.Running.All(save => save.Song.Id != id)).ToList())
            _shown.Remove(gone);
        foreach (var save in saves.Running)
            Update(save);
        if (!screen.IsInteractive)
            return;
        var others = saves.Running.Count - 1 + saves.Waiting;
        var more = others > 0 ? $", {others} more" : "";
        screen.ShowProgress(saves.Running is [var first, ..]
            ? $"{ProgressBar.Draw(Share(first))} {Text(first.Song, first.Saved, _shown[first.Song.Id].Rate)}{more}"
            : null);
    }

    /// <summary>Returns, for example, "45 % of 3.4 MB, 1.2 MB/s, 0:01 left: Bob – Snowmelt Waltz".</summary>
    public static string Text(Song song, long saved, TransferRate rate)
    {
        var total = (long)song.Format.PayloadBytes;
        var speed = rate.BytesPerSecond is { } bytes ? $", {TransferRate.Text(bytes)}/s" : "";
        var left = rate.TimeFor(total - saved) is { } time ? $", {SongText.Time(time)} left" : "";
        return $"{(total == 0 ? 0 : 100 * saved / total)} % of {TransferRate.Text(total)}{speed}{left}: {SongText.Name(song)}";
    }

    private static double Share(SaveProgress save) => (double)save.Saved / Math.Max(1, save.Song.Format.PayloadBytes);

    private void Update(SaveProgress save)
    {
        var now = time.GetElapsedTime(0, time.GetTimestamp());
        if (!_shown.TryGetValue(save.Song.Id, out var shown))
            _shown[save.Song.Id] = shown = new Shown { NextLine = now + LineInterval };
        shown.Rate.Mark(now, save.Saved);
        if (screen.IsInteractive || now < shown.NextLine)
            return;
        shown.NextLine = now + LineInterval;
        screen.Note($"saving: {Text(save.Song, save.Saved, shown.Rate)}");
    }

    private sealed class Shown
    {
        public TransferRate Rate { get; } = new();

        public TimeSpan NextLine { get; set; }
    }
}
