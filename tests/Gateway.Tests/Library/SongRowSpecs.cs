using System.Runtime.CompilerServices;
using TspActors.Gateway.Library;

namespace TspActors.Gateway.Tests.Library;

public sealed class SongRowSpecs
{
    [Fact]
    public void A_row_has_no_gaps() => Assert.Equal(128, Unsafe.SizeOf<SongRow>());
}
