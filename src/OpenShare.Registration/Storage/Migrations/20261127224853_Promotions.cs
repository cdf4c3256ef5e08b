using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace OpenShare.Registration.Storage.Migrations
{
    /// <inheritdoc />
    public partial class Promotions : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "turned_away_at",
                table: "endorsements",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "turned_away_reason",
                table: "endorsements",
                type: "TEXT",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "promotions",
                columns: table => new
                {
                    account = table.Column<string>(type: "TEXT", nullable: false),
                    device_id = table.Column<string>(type: "TEXT", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    sponsor_no = table.Column<long>(type: "INTEGER", nullable: false),
                    endorsement = table.Column<byte[]>(type: "BLOB", nullable: false),
                    hash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    asked_at = table.Column<long>(type: "INTEGER", nullable: false),
                    expires_at = table.Column<long>(type: "INTEGER", nullable: false),
                    admitted_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_promotions", x => new { x.account, x.device_id });
                    table.ForeignKey(
                        name: "FK_promotions_accounts_account",
                        column: x => x.account,
                        principalTable: "accounts",
                        principalColumn: "name",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_promotions_devices_sponsor_no",
                        column: x => x.sponsor_no,
                        principalTable: "devices",
                        principalColumn: "device_no",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "IX_promotions_sponsor_no",
                table: "promotions",
                column: "sponsor_no");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "promotions");

            migrationBuilder.DropColumn(
                name: "turned_away_at",
                table: "endorsements");

            migrationBuilder.DropColumn(
                name: "turned_away_reason",
                table: "endorsements");
        }
    }
}
