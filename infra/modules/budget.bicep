@description('The name of the budget.')
param name string

@description('What a month may cost, in the currency of the subscription.')
param monthlyAmount int

@description('First day of the month in which it begins, as yyyy-MM-01. Cannot be changed later.')
param startDate string

@description('Who is written to.')
param email string

@description('Tells, stops nothing. At four fifths and at all of what was spent, and when the forecast is a tenth above it.')
resource budget 'Microsoft.Consumption/budgets@2024-08-01' = {
  name: name
  properties: {
    category: 'Cost'
    amount: monthlyAmount
    timeGrain: 'Monthly'
    timePeriod: {
      startDate: startDate
    }
    notifications: {
      mostIsSpent: {
        enabled: true
        operator: 'GreaterThan'
        threshold: 80
        thresholdType: 'Actual'
        contactEmails: [
          email
        ]
      }
      allIsSpent: {
        enabled: true
        operator: 'GreaterThan'
        threshold: 100
        thresholdType: 'Actual'
        contactEmails: [
          email
        ]
      }
      moreIsForecast: {
        enabled: true
        operator: 'GreaterThan'
        threshold: 110
        thresholdType: 'Forecasted'
        contactEmails: [
          email
        ]
      }
    }
  }
}
