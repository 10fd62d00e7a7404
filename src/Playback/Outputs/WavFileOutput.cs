using NAudio.Wave;

namespace TspActors.Playback.Outputs;

/// <summary>
/// An output that writes a WAV file as fast as sound arrives. A WAV file has one format, so sound in other formats is converted to the
/// first one. A file of 4 GB is full, because its header cannot describe more.
/// </summary>
internal sealed class WavFileOutput : IAudioOutput
{
    private readonly Func<string> _choosePath;
    private WaveFileWriter? _file;
    private PcmFormat _format;
    private PcmConverter? _converter;
    private string? _path;

    /// <param name="choosePath">Called to choose the file when the output opens.</param>
    internal WavFileOutput(Func<string> choosePath) => _choosePath = choosePath;

    public string Name => $"wav:{_path}";

    public void Open(PcmFormat format)
    {
        if (_file is not null)
        {
            Finish();
            _converter = format == _format ? null : new PcmConverter(format, _format);
            return;
        }

        _format = format;
        _path = _choosePath();
        _file = Try(() => new WaveFileWriter(_path, new WaveFormat(format.Rate, 16, format.Channels)));
    }

    public int Write(ReadOnlySpan<byte> pcm, CancellationToken interrupt)
    {
        Append(_converter is null ? pcm : _converter.Convert(pcm));
        return pcm.Length;
    }

    public bool Drain(CancellationToken interrupt)
    {
        Try(() =>
        {
            _file?.Flush();
            return true;
        });
        return true;
    }

    public void Drop()
    {
    }

    public void Pause()
    {
    }

    public void Resume()
    {
    }

    public void Dispose()
    {
        try
        {
            Finish();
            _file?.Dispose();
        }
        catch (Exception e) when (e is AudioOutputException || IsOfFile(e))
        {
            // Write or Drain has already reported the failure, if playback got that far.
        }

        _file = null;
    }

    // The writer throws an ArgumentException rather than write more than 4 GB.
    private static bool IsOfFile(Exception error) =>
        error is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException;

    private void Finish()
    {
        if (_converter is not null)
            Append(_converter.Finish());
        _converter = null;
    }

    private void Append(ReadOnlySpan<byte> pcm)
    {
        var file = _file ?? throw new InvalidOperationException("The output is not open.");
        try
        {
            file.Write(pcm);
        }
        catch (Exception e) when (IsOfFile(e))
        {
            throw Failed(e);
        }
    }

    private T Try<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (IsOfFile(e))
        {
            throw Failed(e);
        }
    }

    private AudioOutputException Failed(Exception error) => new($"Cannot write {_path}: {error.Message}");
}
