using TspActors.Media.Library;
using TspActors.Media.Tests.Material;

namespace TspActors.Media.Tests;

public sealed class OpenWriterCheckSpecs : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_that_is_open_for_writing_is_recognized_but_not_on_a_network_share()
    {
        // Only Linux has leases.
        if (!OperatingSystem.IsLinux())
            return;
        var path = _folder.In("a.mp3");
        using (var writer = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite))
        {
            writer.WriteByte(1);
            writer.Flush();
            Assert.True(OpenWriterCheck.HasFileOpen(path));
            // There, the kernel answers in the same way for a file that nobody has open.
            Assert.False(OpenWriterCheck.HasFileOpen(path, _ => true));
        }

        Assert.False(OpenWriterCheck.HasFileOpen(path));
    }
}
