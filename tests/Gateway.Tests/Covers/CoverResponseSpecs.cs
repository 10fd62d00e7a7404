using Microsoft.AspNetCore.Http;
using TspActors.Gateway.Covers;

namespace TspActors.Gateway.Tests.Covers;

public sealed class CoverResponseSpecs
{
    private static readonly CoverPicture Picture = new(new byte[] { 1, 2, 3 }, "image/png");

    [Theory]
    [InlineData(true, "private, max-age=31536000, immutable")]
    [InlineData(false, "private, max-age=3600")]
    public async Task Only_the_URL_of_a_hash_always_leads_to_the_same_picture(bool isNamedByHash, string caching)
    {
        var context = NewContext();

        await CoverResponse.SendAsync(context, Picture, isNamedByHash);

        var headers = context.Response.Headers;
        Assert.Equal((caching, "sandbox"), (headers.CacheControl.ToString(), headers.ContentSecurityPolicy.ToString()));
        Assert.Equal([1, 2, 3], ((MemoryStream)context.Response.Body).ToArray());
    }

    [Fact]
    public async Task A_picture_that_the_client_has_is_not_sent_again()
    {
        var context = NewContext();
        context.Request.Headers.IfNoneMatch = $"\"other\", {Picture.Tag}";

        await CoverResponse.SendAsync(context, Picture, isNamedByHash: false);

        Assert.Equal(StatusCodes.Status304NotModified, context.Response.StatusCode);
        Assert.Equal(0, context.Response.Body.Length);
        Assert.NotEqual(Picture.Tag, new CoverPicture(new byte[] { 1, 2, 4 }, "image/png").Tag);
    }

    private static DefaultHttpContext NewContext()
    {
        var context = new DefaultHttpContext();
        context.Response.Body = new MemoryStream();
        return context;
    }
}
